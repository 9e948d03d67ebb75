/** Why a file stays here: the server's own words where it would refuse the file too. */
import { rejections } from "../../../shared/dicom/rejected.ts";

export const leftOut = {
  empty: rejections.empty,
  "not-dicom": rejections["not-dicom"],
  dicomdir: rejections.dicomdir,
  unreadable: {
    en: "The file cannot be read: its permissions or the medium do not let it.",
    zh: "文件无法读取：没有权限，或介质损坏。",
  },
  "unreadable-folder": {
    en: "The folder cannot be entered: its permissions or the medium do not let it. What is inside stays here.",
    zh: "文件夹无法打开：没有权限，或介质损坏。其中的文件未上传。",
  },
} as const;
export type LeftOut = keyof typeof leftOut;
