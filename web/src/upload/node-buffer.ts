/** The DICOM reader is written for Node, where `Buffer` is there from the start. Imported before it. */
import { Buffer } from "buffer/";

Object.assign(globalThis, { Buffer });
