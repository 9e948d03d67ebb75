/**
 * Real DICOM files with independent reference values, kept beside the checkout (never inside it). A newcomer's clone has
 * none.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Outcome = "index+thumbnail" | "index only (no pixels)" | "reject";

export interface PixelsReference {
  readonly form?: string;
  readonly class?: string;
  readonly decoder?: string;
  readonly colorSpace?: string;
  readonly colourAmbiguous?: unknown;
  readonly frame1?: {
    readonly sha256?: string;
    readonly bytes?: number;
    readonly valuesSha256?: string;
    readonly min?: number;
    readonly max?: number;
    readonly mean?: number;
    readonly [name: string]: unknown;
  };
  readonly [name: string]: unknown;
}

/** One record of `reference.json` (its README describes the fields), with the way to its bytes. */
export interface RealFile {
  /** Relative to the folder of real files, such as `files/ct/explicit-le__pydicom__CT_small.dcm`. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly part10: boolean;
  readonly parses: boolean;
  readonly expected: Outcome;
  readonly acceptable: readonly Outcome[];
  readonly expectedReason: string;
  readonly transferSyntaxUID: string | null;
  readonly sopClassUID: string | null;
  readonly sopInstanceUID: string | null;
  readonly studyInstanceUID: string | null;
  readonly seriesInstanceUID: string | null;
  readonly patientId: string | null;
  readonly patientName: string | null;
  readonly patientNameAcceptable?: readonly string[];
  /** Known by construction, by keyword: `PatientName`, `InstitutionName`, … */
  readonly truth?: Readonly<Record<string, unknown>>;
  readonly specificCharacterSet: string | null;
  readonly modality: string | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly numberOfFrames: number | null;
  readonly hasPixelData: boolean;
  readonly pixels: PixelsReference | null;
  readonly png?: { readonly path: string; readonly [name: string]: unknown };
  readonly [name: string]: unknown;
  /** The file's bytes. */
  readonly bytes: () => Uint8Array;
  /** Absolute path of the file. */
  readonly file: string;
}

/** The folder of real files. Jest runs from the project root. */
export const realFilesFolder = join(process.cwd(), "..", "shared", "dicom");

let cached: readonly RealFile[] | undefined;

/** Every real file of the set, or undefined where this machine has none. */
export function realFiles(): readonly RealFile[] | undefined {
  const reference = join(realFilesFolder, "reference.json");
  if (!existsSync(reference)) return undefined;
  cached ??= (JSON.parse(readFileSync(reference, "utf8")) as RealFile[]).map((record) => {
    const file = join(realFilesFolder, record.path);
    return { ...record, file, bytes: () => new Uint8Array(readFileSync(file)) };
  });
  return cached;
}
