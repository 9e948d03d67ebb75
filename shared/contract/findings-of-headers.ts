/** What the headers of a study can lack: a part of the table in `findings.ts`. */
import type { FindingKind } from "./findings.ts";

export const headerFindings = {
  "patient-id-missing": {
    source: "door",
    severity: "action",
    points: 15,
    en: {
      what: "{images} images have no patient ID.",
      do: "Register the patient at the scanner, or take the patient from the worklist, and send the study again.",
    },
    zh: {
      what: "{images} 幅图像没有患者编号。",
      do: "请在设备上登记患者或从工作列表选取患者，然后重新发送该检查。",
    },
  },
  "patient-name-missing": {
    source: "door",
    severity: "action",
    points: 10,
    en: {
      what: "{images} images have no patient name.",
      do: "Register the patient at the scanner, or take the patient from the worklist, and send the study again.",
    },
    zh: {
      what: "{images} 幅图像没有患者姓名。",
      do: "请在设备上登记患者或从工作列表选取患者，然后重新发送该检查。",
    },
  },
  "birth-date-missing": {
    source: "door",
    severity: "warning",
    points: 5,
    en: {
      what: "{images} images have no birth date of the patient.",
      do: "Enter it at the scanner for the next study, or take patients from the worklist.",
    },
    zh: { what: "{images} 幅图像没有患者出生日期。", do: "请今后在设备上录入，或从工作列表选取患者。" },
  },
  "sex-missing": {
    source: "door",
    severity: "warning",
    points: 5,
    en: {
      what: "{images} images have no sex of the patient.",
      do: "Enter it at the scanner for the next study, or take patients from the worklist.",
    },
    zh: { what: "{images} 幅图像没有患者性别。", do: "请今后在设备上录入，或从工作列表选取患者。" },
  },
  "identity-differs": {
    source: "door",
    severity: "action",
    points: 20,
    en: {
      what: "The images of the study do not agree in: {attributes}.",
      do: "Look whether images of another patient or visit are among them, correct it at the scanner, and send them again.",
    },
    zh: {
      what: "同一检查的图像在以下项目上不一致：{attributes}。",
      do: "请核对是否混入其他患者或其他检查的图像，在设备上更正后重新发送。",
    },
  },
  "attributes-missing": {
    source: "door",
    severity: "info",
    points: 5,
    en: {
      what: "{images} images lack {count} attributes that DICOM requires: {attributes}.",
      do: "Tell the scanner's vendor; images can be read all the same.",
    },
    zh: {
      what: "{images} 幅图像缺少 DICOM 标准要求的 {count} 个属性：{attributes}。",
      do: "请告知设备厂商；图像仍可阅读。",
    },
  },
  "pixels-missing": {
    source: "door",
    severity: "action",
    points: 30,
    en: {
      what: "{images} images describe pixels and have none: they may have been cut off while being copied or exported.",
      do: "Look at them at the scanner or workstation they come from, and send the study again.",
    },
    zh: {
      what: "{images} 幅图像描述了像素但不含像素数据，可能在拷贝或导出时中断。",
      do: "请在原设备或工作站上核对这些图像，然后重新发送该检查。",
    },
  },
  "window-missing": {
    source: "door",
    severity: "warning",
    points: 5,
    en: {
      what: "{images} images have no usable window: viewers have to guess brightness and contrast.",
      do: "Set a window in the scanner's protocol or export settings.",
    },
    zh: {
      what: "{images} 幅图像没有可用的窗宽窗位，阅片时亮度和对比度只能估计。",
      do: "请在设备的扫描方案或导出设置中设置窗宽窗位。",
    },
  },
  "spacing-missing": {
    source: "door",
    severity: "warning",
    points: 10,
    en: {
      what: "{images} images have no pixel spacing: nothing can be measured on them in millimetres.",
      do: "Send the originals instead of exported or captured images, or ask the vendor.",
    },
    zh: {
      what: "{images} 幅图像没有像素间距，无法按毫米测量。",
      do: "请发送原始图像而非导出或截屏图像，或咨询设备厂商。",
    },
  },
  "plane-missing": {
    source: "door",
    severity: "warning",
    points: 10,
    en: {
      what: "{images} slices do not say where in the patient they lie: no reconstruction, no reference lines.",
      do: "Send the originals instead of exported or captured images, or ask the vendor.",
    },
    zh: {
      what: "{images} 层图像没有空间位置和方向，无法重建和显示定位线。",
      do: "请发送原始图像而非导出或截屏图像，或咨询设备厂商。",
    },
  },
  "private-class": {
    source: "door",
    severity: "info",
    points: 5,
    en: {
      what: "{images} objects are of a vendor's own SOP class, which other viewers may not show.",
      do: "Export standard DICOM images as well.",
    },
    zh: {
      what: "{images} 个对象属于厂商私有 SOP 类，其他阅片软件可能无法显示。",
      do: "请同时导出标准 DICOM 图像。",
    },
  },
} as const satisfies Record<string, FindingKind>;
