/** The transfer syntaxes of PS3.5 §10 and §A (with the retired ones of PS3.6 §A still found in archives). */

export type CodecFamily =
  | "native"
  | "deflated"
  | "rle"
  | "jpeg"
  | "jpeg-lossless"
  | "jpeg-ls"
  | "jpeg-2000"
  | "jpeg-2000-part-2"
  | "htj2k"
  | "jpeg-xl"
  | "jpip"
  | "deflated-frame"
  | "video"
  | "smpte-2110";

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  /** VR is written in the data set. */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  /** The data set after the file meta information is deflated (PS3.5 §A.5). */
  readonly deflated: boolean;
  readonly encapsulated: boolean;
  /** The syntax may hold pixels that differ from the original; the image itself says whether they do. */
  readonly lossy: boolean;
  readonly codec: CodecFamily;
}

const native = { explicit: true, littleEndian: true, deflated: false, encapsulated: false, lossy: false };
const lossless = { ...native, encapsulated: true };
const lossy = { ...lossless, lossy: true };

type Row = readonly [suffix: string, name: string, traits: typeof native, codec: CodecFamily];

/** `suffix` follows 1.2.840.10008.1.2 */
const rows: readonly Row[] = [
  ["", "Implicit VR Little Endian", { ...native, explicit: false }, "native"],
  [".1", "Explicit VR Little Endian", native, "native"],
  [".1.98", "Encapsulated Uncompressed Explicit VR Little Endian", lossless, "native"],
  [".1.99", "Deflated Explicit VR Little Endian", { ...native, deflated: true }, "deflated"],
  [".2", "Explicit VR Big Endian", { ...native, littleEndian: false }, "native"],
  [".4.50", "JPEG Baseline (Process 1)", lossy, "jpeg"],
  [".4.51", "JPEG Extended (Process 2 & 4)", lossy, "jpeg"],
  [".4.52", "JPEG Extended (Process 3 & 5)", lossy, "jpeg"],
  [".4.53", "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)", lossy, "jpeg"],
  [".4.54", "JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)", lossy, "jpeg"],
  [".4.55", "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)", lossy, "jpeg"],
  [".4.56", "JPEG Full Progression, Non-Hierarchical (Process 11 & 13)", lossy, "jpeg"],
  [".4.57", "JPEG Lossless, Non-Hierarchical (Process 14)", lossless, "jpeg-lossless"],
  [".4.58", "JPEG Lossless, Non-Hierarchical (Process 15)", lossless, "jpeg-lossless"],
  [".4.59", "JPEG Extended, Hierarchical (Process 16 & 18)", lossy, "jpeg"],
  [".4.60", "JPEG Extended, Hierarchical (Process 17 & 19)", lossy, "jpeg"],
  [".4.61", "JPEG Spectral Selection, Hierarchical (Process 20 & 22)", lossy, "jpeg"],
  [".4.62", "JPEG Spectral Selection, Hierarchical (Process 21 & 23)", lossy, "jpeg"],
  [".4.63", "JPEG Full Progression, Hierarchical (Process 24 & 26)", lossy, "jpeg"],
  [".4.64", "JPEG Full Progression, Hierarchical (Process 25 & 27)", lossy, "jpeg"],
  [".4.65", "JPEG Lossless, Hierarchical (Process 28)", lossless, "jpeg-lossless"],
  [".4.66", "JPEG Lossless, Hierarchical (Process 29)", lossless, "jpeg-lossless"],
  [
    ".4.70",
    "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14)",
    lossless,
    "jpeg-lossless",
  ],
  [".4.80", "JPEG-LS Lossless", lossless, "jpeg-ls"],
  [".4.81", "JPEG-LS Lossy (Near-Lossless)", lossy, "jpeg-ls"],
  [".4.90", "JPEG 2000 (Lossless Only)", lossless, "jpeg-2000"],
  [".4.91", "JPEG 2000", lossy, "jpeg-2000"],
  [".4.92", "JPEG 2000 Part 2 Multi-component (Lossless Only)", lossless, "jpeg-2000-part-2"],
  [".4.93", "JPEG 2000 Part 2 Multi-component", lossy, "jpeg-2000-part-2"],
  [".4.94", "JPIP Referenced", { ...lossy, encapsulated: false }, "jpip"],
  [".4.95", "JPIP Referenced Deflate", { ...lossy, encapsulated: false, deflated: true }, "jpip"],
  [".4.100", "MPEG2 Main Profile / Main Level", lossy, "video"],
  [".4.100.1", "Fragmentable MPEG2 Main Profile / Main Level", lossy, "video"],
  [".4.101", "MPEG2 Main Profile / High Level", lossy, "video"],
  [".4.101.1", "Fragmentable MPEG2 Main Profile / High Level", lossy, "video"],
  [".4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1", lossy, "video"],
  [".4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1", lossy, "video"],
  [".4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", lossy, "video"],
  [".4.103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", lossy, "video"],
  [".4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", lossy, "video"],
  [".4.104.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", lossy, "video"],
  [".4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", lossy, "video"],
  [".4.105.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", lossy, "video"],
  [".4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", lossy, "video"],
  [".4.106.1", "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", lossy, "video"],
  [".4.107", "HEVC/H.265 Main Profile / Level 5.1", lossy, "video"],
  [".4.108", "HEVC/H.265 Main 10 Profile / Level 5.1", lossy, "video"],
  [".4.110", "JPEG XL Lossless", lossless, "jpeg-xl"],
  [".4.111", "JPEG XL JPEG Recompression", lossy, "jpeg-xl"],
  [".4.112", "JPEG XL", lossy, "jpeg-xl"],
  [".4.201", "High-Throughput JPEG 2000 (Lossless Only)", lossless, "htj2k"],
  [".4.202", "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)", lossless, "htj2k"],
  [".4.203", "High-Throughput JPEG 2000", lossy, "htj2k"],
  [".4.204", "JPIP HTJ2K Referenced", { ...lossy, encapsulated: false }, "jpip"],
  [".4.205", "JPIP HTJ2K Referenced Deflate", { ...lossy, encapsulated: false, deflated: true }, "jpip"],
  [".5", "RLE Lossless", lossless, "rle"],
  [".7.1", "SMPTE ST 2110-20 Uncompressed Progressive Active Video", native, "smpte-2110"],
  [".7.2", "SMPTE ST 2110-20 Uncompressed Interlaced Active Video", native, "smpte-2110"],
  [".7.3", "SMPTE ST 2110-30 PCM Digital Audio", native, "smpte-2110"],
  [".8.1", "Deflated Image Frame Compression", lossless, "deflated-frame"],
];

export const transferSyntaxes: ReadonlyMap<string, TransferSyntax> = new Map(
  rows.map(([suffix, name, traits, codec]) => {
    const uid = `1.2.840.10008.1.2${suffix}`;
    return [uid, { uid, name, ...traits, codec }];
  }),
);
