/** How frames are kept: as they came, or decoded to Explicit VR Little Endian (PS3.18 §8.7.3). */

/**
 * Frames of these syntaxes are kept as they came, under the media type PS3.18 Table 8.7.3-5 gives them. All others are kept
 * decoded: every client reads native pixels, and hardly any RLE.
 */
const keptTypes: Readonly<Record<string, string>> = {
  "1.2.840.10008.1.2.4.50": "image/jpeg",
  "1.2.840.10008.1.2.4.51": "image/jpeg",
  "1.2.840.10008.1.2.4.53": "image/jpeg",
  "1.2.840.10008.1.2.4.55": "image/jpeg",
  "1.2.840.10008.1.2.4.57": "image/jpeg",
  "1.2.840.10008.1.2.4.70": "image/jpeg",
  "1.2.840.10008.1.2.4.80": "image/jls",
  "1.2.840.10008.1.2.4.81": "image/jls",
  "1.2.840.10008.1.2.4.90": "image/jp2",
  "1.2.840.10008.1.2.4.91": "image/jp2",
  "1.2.840.10008.1.2.4.201": "image/jphc",
  "1.2.840.10008.1.2.4.202": "image/jphc",
  "1.2.840.10008.1.2.4.203": "image/jphc",
};

export interface FrameMedia {
  readonly type: string;
  readonly transferSyntaxUid: string;
  /** The stored bytes are the source's own. */
  readonly asItCame: boolean;
}

/** Media type and transfer syntax of the stored frames of an instance. */
export function frameMedia(transferSyntaxUid: string): FrameMedia {
  const type = keptTypes[transferSyntaxUid];
  return type === undefined
    ? { type: "application/octet-stream", transferSyntaxUid: "1.2.840.10008.1.2.1", asItCame: false }
    : { type, transferSyntaxUid, asItCame: true };
}
