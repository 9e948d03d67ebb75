/** Why a file is not taken in: stable codes, with a sentence for the technician who sent it. */

interface Rejection {
  readonly en: string;
  readonly zh: string;
}

export const rejections = {
  empty: {
    en: "The file is empty. Export it again from the scanner or workstation.",
    zh: "文件为空，请从设备或工作站重新导出。",
  },
  "not-dicom": {
    en: "This is not a DICOM file.",
    zh: "这不是 DICOM 文件。",
  },
  dicomdir: {
    en: "This is the index of a disc (DICOMDIR), not an image. Send the image files beside it.",
    zh: "这是光盘目录文件（DICOMDIR），不是影像，请上传同一光盘中的影像文件。",
  },
  truncated: {
    en: "The file ends too early: it was cut off while being copied or exported. Export it again.",
    zh: "文件不完整，可能在拷贝或导出时中断，请重新导出。",
  },
  "length-overrun": {
    en: "The file is damaged: a field claims to be longer than what holds it. Export it again.",
    zh: "文件已损坏：某个字段声明的长度超出了范围，请重新导出。",
  },
  "damaged-structure": {
    en: "The file is damaged: its structure cannot be followed. Export it again.",
    zh: "文件已损坏：结构无法解析，请重新导出。",
  },
  "wrong-encoding": {
    en: "The file is not encoded the way its header declares (transfer syntax). Export it again with another setting.",
    zh: "文件的实际编码与文件头声明的传输语法不一致，请更改设置后重新导出。",
  },
  "unknown-transfer-syntax": {
    en: "The file uses a transfer syntax that the DICOM standard does not know. Export it again with another setting.",
    zh: "文件使用了 DICOM 标准以外的传输语法，请更改设置后重新导出。",
  },
  "missing-uid": {
    en: "A required identifier (SOP Class, SOP Instance, Study or Series Instance UID) is missing. The administrator can assign it in quarantine.",
    zh: "缺少必需的唯一标识（SOP 类、SOP 实例、检查或序列 UID），管理员可在隔离区分配。",
  },
  "invalid-uid": {
    en: "A required identifier (SOP Class, SOP Instance, Study or Series Instance UID) is not a valid UID. The administrator can assign another in quarantine.",
    zh: "必需的唯一标识（SOP 类、SOP 实例、检查或序列 UID）格式无效，管理员可在隔离区重新分配。",
  },
  "deflate-damaged": {
    en: "The compressed data set is damaged and cannot be unpacked. Export it again.",
    zh: "压缩的数据集已损坏，无法解压，请重新导出。",
  },
  "decompression-limit": {
    en: "The compressed data set unpacks to far more than an image can hold.",
    zh: "压缩的数据集解压后大小异常，超出限制。",
  },
  "nesting-limit": {
    en: "The file nests sequences deeper than any real image does.",
    zh: "文件中的序列嵌套层数异常，超出限制。",
  },
  "header-limit": {
    en: "The part of the file before the pixels is larger than any real image's.",
    zh: "文件像素数据之前的部分异常大，超出限制。",
  },
  "no-pixel-data": {
    en: "The object holds no pixel data.",
    zh: "该对象不含像素数据。",
  },
  "no-such-frame": {
    en: "The object has no frame of this number.",
    zh: "该对象没有此编号的帧。",
  },
  "damaged-pixel-data": {
    en: "The pixel data is damaged or shorter than the image it describes. Export it again.",
    zh: "像素数据已损坏，或短于所描述的图像，请重新导出。",
  },
} as const satisfies Record<string, Rejection>;

export type RejectionCode = keyof typeof rejections;

/** The only error the reader throws, whatever the bytes. Holds no value of the file: values are patients. */
export class DicomRejected extends Error {
  override readonly name = "DicomRejected";
  readonly code: RejectionCode;
  /** Byte of the file (of the inflated data set where that is where the fault lies). */
  readonly offset: number;
  /** Tag of the attribute concerned, such as `0020000D`. */
  readonly attribute: string | undefined;

  constructor(code: RejectionCode, offset: number, attribute?: string) {
    super(
      attribute === undefined
        ? `${code} at byte ${offset}`
        : `${code} at byte ${offset}, attribute ${attribute}`,
    );
    this.code = code;
    this.offset = offset;
    this.attribute = attribute;
  }
}
