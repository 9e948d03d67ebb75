/** dcmjs as the peer in JavaScript: the reader this project would use if it had none of its own. */
import { data } from "dcmjs";

/** Everything before the pixels, as dcmjs's own data set; answers its number of elements. */
export function readWithDcmjs(bytes: ArrayBuffer): number {
  return Object.keys(data.DicomMessage.readFile(bytes, { untilTag: "7FE00010" }).dict).length;
}
