/** One picture on a canvas, redrawn when picture or window changes. */
import { useEffect, useRef } from "preact/hooks";
import type { Picture } from "./series-images.ts";
import { paint, type Window } from "./window-level.ts";

export function PictureCanvas({
  picture,
  window,
  label,
}: {
  picture: Picture;
  window: Window;
  label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const target = canvas.current;
    if (target !== null) draw(target, picture, window);
  }, [picture, window]);
  return <canvas ref={canvas} class="picture" role="img" aria-label={label} />;
}

function draw(canvas: HTMLCanvasElement, picture: Picture, window: Window): void {
  const [columns, rows] = sizeOf(picture);
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  if (context === null) return;
  if (picture.kind === "bitmap") {
    context.drawImage(picture.bitmap, 0, 0);
    return;
  }
  const pixels = context.createImageData(columns, rows);
  paint(picture.image, picture.values, window, pixels.data);
  context.putImageData(pixels, 0, 0);
}

function sizeOf(picture: Picture): [number, number] {
  return picture.kind === "bitmap"
    ? [picture.bitmap.width, picture.bitmap.height]
    : [picture.image.columns, picture.image.rows];
}
