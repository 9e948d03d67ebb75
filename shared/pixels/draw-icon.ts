/** Icons as the JPEG a list shows beside thumbnails: the same size, and 3 to 6 KB. */
import type { IconKind } from "./icon.ts";
import { iconSvg } from "./icon-drawings.ts";
import { drawJpeg } from "./jpeg.ts";

const drawn = new Map<IconKind, Promise<Uint8Array>>();

/** Drawn once a process. */
export function drawIcon(kind: IconKind): Promise<Uint8Array> {
  const icon = drawn.get(kind) ?? drawJpeg(iconSvg(kind));
  drawn.set(kind, icon);
  return icon;
}
