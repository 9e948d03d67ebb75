/** A photograph or document, made a DICOM object: Secondary Capture Image or Encapsulated PDF (PS3.3 §A.8.1, §A.45.1). */
import { apiVersion } from "../contract/version.ts";
import { element, longText, type SourceDataset } from "./elements.ts";
import { identityOf, type SourceIdentity } from "./identity.ts";
import { type ImageFrame, imageFrame } from "./image-frame.ts";
import { SourceDamaged, type SourceType } from "./recognise.ts";
import { momentIn, timezoneOf } from "./timezone.ts";
import type { SourcePixels } from "./write-object.ts";

export interface SourceObject extends SourceIdentity {
  readonly instanceNumber: number;
  /** SHA-256 of the source, lower-case hexadecimal. */
  readonly sha256: string;
  /** When it was sent. */
  readonly at: Date;
}

const sopClasses = {
  image: "1.2.840.10008.5.1.4.1.1.7",
  pdf: "1.2.840.10008.5.1.4.1.1.104.1",
} as const;
const syntaxes = { native: "1.2.840.10008.1.2.1", jpeg: "1.2.840.10008.1.2.4.50" } as const;
/** Far behind what scanners count to. */
const seriesNumbers = { image: 9001, pdf: 9002 } as const;

/** A whole Part 10 file. Throws SourceDamaged for bytes that are not what they begin as. */
export async function makeObject(
  type: SourceType,
  bytes: Uint8Array,
  about: SourceObject,
): Promise<Uint8Array> {
  // Loaded here, so that ingest of DICOM files starts without it.
  const { writeObject } = await import("./write-object.ts");
  if (type === "application/pdf") return writeObject(pdfObject(bytes, about), syntaxes.native);
  const frame = await imageFrame(type, bytes);
  return writeObject(imageObject(type, frame, about), syntaxes[frame.encoding], pixelsOf(frame));
}

function imageObject(type: SourceType, frame: ImageFrame, about: SourceObject): SourceDataset {
  const { laterality, bodyPart } = about.order.content;
  return {
    ...commonModules(about, "image"),
    ...imagePixel(frame),
    "00080008": element("CS", "DERIVED", "SECONDARY"),
    "00080060": element("CS", "OT"),
    // A film, photographed. Digitized Film is what C.8.6.1 has for it.
    "00080064": element("CS", "DF"),
    "0008103E": element("LO", "Photograph of film"),
    ...(bodyPart && { "00180015": element("CS", bodyPart) }),
    ...momentIn(about, about.at, "00181012", "00181014"),
    ...((laterality === "L" || laterality === "R") && { "00200060": element("CS", laterality) }),
    "00082111": element("ST", `Made from ${type}, SHA-256 ${about.sha256}`),
    "00200020": element("CS"),
    // The film shows the patient's name: nobody has looked whether this photograph does not.
    "00280301": element("CS", "YES"),
    ...lossiness(frame),
  };
}

function pdfObject(bytes: Uint8Array, about: SourceObject): SourceDataset {
  if (!Buffer.from(bytes.subarray(-2048)).includes("%%EOF")) throw new SourceDamaged("A PDF without its end");
  const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Uint8Array.of(0)]);
  return {
    ...commonModules(about, "pdf"),
    "00080060": element("CS", "DOC"),
    "00080064": element("CS", "WSD"),
    "00080070": element("LO"),
    "00080023": element("DA"),
    "00080033": element("TM"),
    "0008002A": element("DT"),
    "0008103E": element("LO", "Document"),
    "0040A043": { vr: "SQ", Value: [] },
    "00420010": element("ST", longText(about.order.content.code?.text)),
    "00420011": { vr: "OB", Value: [even] },
    "00420012": element("LO", "application/pdf"),
    "00420015": element("UL", bytes.length),
    "00280301": element("CS", "YES"),
  };
}

/** Patient, study, series, SC Equipment (PS3.3 §C.8.6.1) and SOP Common. */
function commonModules(about: SourceObject, kind: keyof typeof sopClasses): SourceDataset {
  const zone = timezoneOf(about);
  return {
    ...identityOf(about),
    "00080005": element("CS", "ISO_IR 192"),
    ...momentIn(about, about.at, "00080012", "00080013"),
    ...(zone !== undefined && { "00080201": element("SH", zone) }),
    "00080016": element("UI", sopClasses[kind]),
    "00181016": element("LO", "Medical Image Cloud"),
    "00181018": element("LO", "Secondary capture from an order's source"),
    "00181019": element("LO", apiVersion),
    "00200011": element("IS", seriesNumbers[kind]),
    "00200013": element("IS", about.instanceNumber),
  };
}

const pixelsOf = ({ bits, encoding, bytes }: ImageFrame): SourcePixels => ({
  vr: encoding === "native" && bits === 16 ? "OW" : "OB",
  encapsulated: encoding === "jpeg",
  bytes,
});

/** Image Pixel Module (PS3.3 §C.7.6.3), without the pixels. */
function imagePixel({ rows, columns, samples, bits, photometric }: ImageFrame): SourceDataset {
  return {
    "00280002": element("US", samples),
    "00280004": element("CS", photometric),
    ...(samples === 3 && { "00280006": element("US", 0) }),
    "00280010": element("US", rows),
    "00280011": element("US", columns),
    "00280100": element("US", bits),
    "00280101": element("US", bits),
    "00280102": element("US", bits - 1),
    "00280103": element("US", 0),
  };
}

/** PS3.3 §C.7.6.1.1.5: once lossy, always said. */
const lossiness = ({ lossy }: ImageFrame): SourceDataset =>
  lossy.length === 0
    ? { "00282110": element("CS", "00") }
    : {
        "00282110": element("CS", "01"),
        "00282112": element("DS", ...lossy.map(String)),
        "00282114": element("CS", ...lossy.map(() => "ISO_10918_1")),
      };
