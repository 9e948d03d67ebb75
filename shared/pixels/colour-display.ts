/** From averaged colour samples to RGB. */
import type { ImagePixel } from "./image-pixel.ts";

/** `samples`: three a pixel, in the image's colour space and depth. Answers RGB from 0 to 255, in the same array. */
export function colourDisplay(image: ImagePixel, samples: Float64Array): Float64Array {
  const scale = 255 / (2 ** image.bitsStored - 1);
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) * scale;
  if (image.photometric === "YBR_FULL" || image.photometric === "YBR_FULL_422") toRgb(samples);
  return samples;
}

/** PS3.3 C.7.6.3.1.2: full range, Cb and Cr around 128. */
function toRgb(samples: Float64Array): void {
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const y = samples[i] as number;
    const cb = (samples[i + 1] as number) - 128;
    const cr = (samples[i + 2] as number) - 128;
    samples[i] = y + 1.402 * cr;
    samples[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    samples[i + 2] = y + 1.772 * cb;
  }
}
