/** Why ingest refuses what is not the reader's to judge. Sentences are for the technician who sent the file. */
export const quarantineReasons = {
  "unknown-upload": {
    en: "The file belongs to no upload that was announced.",
    zh: "该文件不属于任何已登记的上传任务。",
  },
  "wrong-key": {
    en: "The file was not encrypted with the hospital's key. Upload it again through a fresh URL.",
    zh: "该文件未使用本院密钥加密，请重新获取上传地址后再上传。",
  },
  "size-mismatch": {
    en: "The file's size differs from what was announced. Upload it again.",
    zh: "文件大小与登记信息不一致，请重新上传。",
  },
  "checksum-mismatch": {
    en: "The bytes that arrived differ from what was announced (SHA-256). Upload it again.",
    zh: "收到的文件内容与登记的校验值（SHA-256）不一致，请重新上传。",
  },
  "bytes-expired": {
    en: "The file was to be taken in, and its bytes were not there any more. Upload it again, then discard this one.",
    zh: "该文件已决定入库，但其内容已过期删除，请重新上传后丢弃此条记录。",
  },
  "needs-order": {
    en: "A photograph or document needs the order it belongs to. Send it again for an order that is not cancelled.",
    zh: "照片或文档须关联检查申请单，请选择有效的申请单后重新上传。",
  },
  "source-damaged": {
    en: "The photograph or document is damaged or cut off. Copy or export it again.",
    zh: "照片或文档已损坏或不完整，请重新拷贝或导出。",
  },
  "source-too-large": {
    en: "The photograph or document is larger than 64 MiB. Save it smaller.",
    zh: "照片或文档超过 64 MiB，请压缩后重新上传。",
  },
} as const satisfies Record<string, { readonly en: string; readonly zh: string }>;

export type QuarantineReason = keyof typeof quarantineReasons;
