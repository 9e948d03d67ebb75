/** Why an uploader leaves a file where it is: the server's own words where it would refuse the file too. Codes that begin with `unreadable` may hide images. */
import { rejections } from "../dicom/rejected.ts";

export const leftOut = {
  empty: rejections.empty,
  "not-dicom": rejections["not-dicom"],
  dicomdir: rejections.dicomdir,
  "of-an-order": {
    en: "This is a photograph or a document, not a DICOM file. It goes up for the order it belongs to: mic upload … --order <id>.",
    zh: "这是照片或文档，不是 DICOM 文件。请指定所属申请单后上传：mic upload … --order <id>。",
  },
  "unreadable-unopened": {
    en: "This is an archive or an image of a disc, which this page does not open. Unpack it and drop the folder, or use mic upload.",
    zh: "这是压缩包或光盘映像，本页面无法打开。请解压后拖入文件夹，或使用 mic upload。",
  },
  "unreadable-damaged": {
    en: "This file inside the archive is damaged. Copy the archive again from where it came.",
    zh: "压缩包内的此文件已损坏，请从来源重新复制压缩包。",
  },
  "no-images-inside": {
    en: "There is no DICOM file in this archive.",
    zh: "压缩包或光盘映像中没有 DICOM 文件。",
  },
  "not-a-file": {
    en: "This is neither a file nor a folder, or a link to a folder.",
    zh: "这不是文件或文件夹，或是指向文件夹的链接。",
  },
  unreadable: {
    en: "The file cannot be read: its permissions or the medium do not let it.",
    zh: "文件无法读取：没有权限，或介质损坏。",
  },
  "unreadable-fault": {
    en: "This program stumbled over the file, which is a fault of its own. The file stays here: report it, and keep the file.",
    zh: "程序读取此文件时出错，属于程序自身的缺陷。文件保留在本机：请反馈给服务运维人员，并保留此文件。",
  },
  "unreadable-folder": {
    en: "The folder cannot be entered: its permissions or the medium do not let it. What is inside stays here.",
    zh: "文件夹无法打开：没有权限，或介质损坏。其中的文件未上传。",
  },
  "unreadable-changed": {
    en: "The file was written to while it was read or sent. Wait until it is complete, and upload it again.",
    zh: "文件在读取或上传时仍在被写入。请等文件写完后再次上传。",
  },
  "unreadable-refused": {
    en: "The storage refuses this file. It stays here: tell the operators of the service, then upload it again.",
    zh: "存储服务拒绝接收此文件。文件保留在本机：请联系服务运维人员，然后再次上传。",
  },
  "unreadable-gone": {
    en: "An earlier run announced it, and it is not here any more as it was: it was removed or written to since.",
    zh: "上次运行已登记此文件，但其已被删除或改动。",
  },
  "unreadable-too-large": {
    en: "The file is larger than 5 GiB, which is the most that is taken.",
    zh: "文件超过 5 GiB 的上限，无法上传。",
  },
  "unreadable-archive": {
    en: "The archive is damaged or was not copied whole. Copy it again, or unpack what can be unpacked and upload the folder.",
    zh: "压缩包已损坏或未复制完整。请重新复制，或解压后上传文件夹。",
  },
  "unreadable-archive-bomb": {
    en: "The archive would unpack to far more than images ever do. It was not opened: ask where it comes from.",
    zh: "压缩包解压后的大小异常，未打开。请核实其来源。",
  },
  "unreadable-disc-image": {
    en: "This image of a disc cannot be read: it is no ISO 9660 image, or damaged. Open it with the computer's own tools and upload the folder.",
    zh: "无法读取此光盘映像：不是 ISO 9660 格式，或已损坏。请用系统工具打开后上传文件夹。",
  },
  "unreadable-encrypted": {
    en: "The file in the archive is encrypted. Unpack it with its password and upload the folder.",
    zh: "压缩包内的文件已加密。请用密码解压后上传文件夹。",
  },
  "unreadable-packing": {
    en: "The file in the archive is packed in a way that is not supported. Unpack it and upload the folder.",
    zh: "不支持压缩包内文件的压缩方式。请解压后上传文件夹。",
  },
  "unreadable-cut": {
    en: "The image of the disc ends before this file does: it was not copied whole. Copy the disc again.",
    zh: "光盘映像不完整，文件内容缺失。请重新复制光盘。",
  },
  "unreadable-archive-inside": {
    en: "An archive inside an archive is not opened. Unpack the outer one and upload the folder.",
    zh: "压缩包内的压缩包不会被打开。请先解压外层后上传文件夹。",
  },
} as const;

export type LeftOut = keyof typeof leftOut;
