/** A head made of ellipsoids in Hounsfield units, in the manner of Shepp and Logan (1974), with a bleed to find. */

export const imageSize = 512;
/** Millimetres a pixel: a field of view of 250 mm. */
export const pixelSpacing = 250 / imageSize;

interface Ellipsoid {
  readonly hu: number;
  /** Centre and half axes in mm: x to the patient's left, y to the back, z to the crown. */
  readonly at: readonly [number, number, number];
  readonly radii: readonly [number, number, number];
  /** Half axis downwards where it differs: a head does not taper to the neck as it does to the crown. */
  readonly down?: number;
  /** Degrees about z. */
  readonly turn?: number;
}

const mirrored = ({ at: [x, y, z], turn = 0, ...rest }: Ellipsoid): readonly Ellipsoid[] => [
  { ...rest, at: [x, y, z], turn },
  { ...rest, at: [-x, y, z], turn: -turn },
];

/** Painted in this order: later ones replace earlier ones. */
const head: readonly Ellipsoid[] = [
  { hu: 45, at: [0, 12, -115], radii: [58, 62, 90] },
  { hu: -60, at: [0, 0, 0], radii: [79, 98, 89], down: 160 },
  { hu: 40, at: [0, 0, 0], radii: [77, 96, 87], down: 158 },
  { hu: 950, at: [0, 0, 0], radii: [74, 93, 84], down: 155 },
  { hu: 450, at: [0, 0, 0], radii: [71, 90, 81], down: 152 },
  { hu: 1100, at: [0, 0, 0], radii: [69.5, 88.5, 79.5], down: 150 },
  // Subarachnoid fluid, grey matter, white matter.
  { hu: 9, at: [0, 0, 0], radii: [67, 86, 77], down: 140 },
  { hu: 38, at: [0, 0, 0], radii: [65, 84, 75], down: 132 },
  ...mirrored({ hu: 28, at: [29, -4, 14], radii: [24, 62, 42], turn: 4 }),
  // Falx, cerebellum in the posterior fossa under the tentorium, brain stem in its cistern.
  { hu: 55, at: [0, 0, 30], radii: [1.1, 82, 44] },
  { hu: 9, at: [0, 42, -48], radii: [50, 38, 26] },
  ...mirrored({ hu: 36, at: [22, 46, -48], radii: [27, 30, 23] }),
  { hu: 9, at: [0, 8, -44], radii: [18, 17, 26] },
  { hu: 32, at: [0, 12, -48], radii: [13, 13, 40] },
  // Basal ganglia and thalamus.
  ...mirrored({ hu: 40, at: [23, -6, 8], radii: [7, 18, 13], turn: 12 }),
  ...mirrored({ hu: 39, at: [10, 12, 8], radii: [7, 12, 10], turn: -15 }),
  // Ventricles: lateral horns, third, fourth.
  ...mirrored({ hu: 7, at: [10, -24, 16], radii: [5, 19, 9], turn: 14 }),
  ...mirrored({ hu: 7, at: [15, 28, 14], radii: [6, 22, 9], turn: -18 }),
  { hu: 7, at: [0, 6, 4], radii: [2.4, 13, 9] },
  { hu: 7, at: [0, 34, -38], radii: [6, 6, 9] },
  // Calcified pineal gland and choroid plexus.
  { hu: 160, at: [0, 22, 6], radii: [2.4, 2.4, 2.6] },
  ...mirrored({ hu: 120, at: [17, 36, 12], radii: [2.2, 4, 2.6] }),
  // Skull base: sphenoid, petrous ridges with mastoid air, clivus; orbits with eyes and lenses; sinuses.
  ...mirrored({ hu: 900, at: [36, -34, -56], radii: [30, 3.5, 12], turn: -24 }),
  ...mirrored({ hu: 1250, at: [42, 16, -58], radii: [27, 8, 10], turn: 28 }),
  ...mirrored({ hu: -750, at: [58, 30, -62], radii: [8, 9, 12] }),
  { hu: 700, at: [0, -10, -62], radii: [13, 7, 16] },
  ...mirrored({ hu: -70, at: [31, -66, -60], radii: [18, 26, 15] }),
  ...mirrored({ hu: 45, at: [29, -50, -60], radii: [2.4, 14, 2.4], turn: -12 }),
  ...mirrored({ hu: 14, at: [32, -76, -60], radii: [12, 12, 12] }),
  ...mirrored({ hu: 70, at: [32, -85, -60], radii: [4.5, 2.2, 4.5] }),
  { hu: 600, at: [0, -58, -64], radii: [13, 32, 17] },
  { hu: -950, at: [0, -58, -64], radii: [11, 30, 15] },
  { hu: 500, at: [0, -58, -64], radii: [0.9, 30, 15] },
  { hu: -950, at: [0, -84, -30], radii: [17, 4, 10] },
  // Haemorrhage in the left basal ganglia, in its rim of oedema.
  { hu: 19, at: [27, -2, 10], radii: [17, 22, 16], turn: 10 },
  { hu: 66, at: [27, -2, 10], radii: [11.5, 16, 11], turn: 10 },
];

/** Lowest and highest point the slices cover, in mm. */
export const extent = { from: -72, to: 92 } as const;

/** A seeded generator of normally distributed noise, read from a table: a slice needs a quarter of a million values. */
export function noiseSource(seed: number): (out: Float32Array) => void {
  const random = mulberry32(seed);
  const table = Float32Array.from({ length: 1 << 16 }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
  return (out) => {
    for (let row = 0; row < out.length; row += imageSize) {
      let at = Math.floor(random() * table.length);
      for (let x = 0; x < imageSize; x++) out[row + x] = table[at++ & 0xffff] as number;
    }
  };
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One axial slice at height `z` (mm) in Hounsfield units, row by row from the front of the head. */
export function renderSlice(z: number, addNoise: (out: Float32Array) => void): Float32Array {
  const slice = new Float32Array(imageSize * imageSize);
  addNoise(slice);
  const anatomy = new Float32Array(slice.length).fill(-1000);
  for (const ellipsoid of head) paint(anatomy, ellipsoid, z);
  paintHeadrest(anatomy);
  // Noise of 9 HU before the blur leaves about 3.5: a routine head scan.
  for (let i = 0; i < slice.length; i++) slice[i] = (anatomy[i] as number) + 9 * (slice[i] as number);
  blur(slice, 1, imageSize);
  blur(slice, imageSize, 1);
  return slice;
}

const millimetres = (pixel: number): number => (pixel - imageSize / 2 + 0.5) * pixelSpacing;
const pixels = (mm: number): number => mm / pixelSpacing + imageSize / 2 - 0.5;

/** Fills the ellipse in which a slice cuts an ellipsoid, row by row: the span of x in each is a quadratic's roots. */
function paint(slice: Float32Array, ellipsoid: Ellipsoid, z: number): void {
  const { hu, at, radii, turn = 0, down = radii[2] } = ellipsoid;
  const height = 1 - ((z - at[2]) / (z < at[2] ? down : radii[2])) ** 2;
  if (height <= 0) return;
  const [a, b] = [radii[0] * Math.sqrt(height), radii[1] * Math.sqrt(height)];
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const squares = (cos / a) ** 2 + (sin / b) ** 2;
  const mixed = cos * sin * (1 / a ** 2 - 1 / b ** 2);
  const reach = Math.max(a, b);
  const lastRow = Math.min(imageSize - 1, Math.floor(pixels(at[1] + reach)));
  for (let row = Math.max(0, Math.ceil(pixels(at[1] - reach))); row <= lastRow; row++) {
    const dy = millimetres(row) - at[1];
    const rest = dy ** 2 * ((sin / a) ** 2 + (cos / b) ** 2) - 1;
    const discriminant = (mixed * dy) ** 2 - squares * rest;
    if (discriminant <= 0) continue;
    const middle = at[0] - (mixed * dy) / squares;
    const half = Math.sqrt(discriminant) / squares;
    const left = Math.max(0, Math.ceil(pixels(middle - half)));
    const right = Math.min(imageSize, Math.floor(pixels(middle + half)) + 1);
    if (right > left) slice.fill(hu, row * imageSize + left, row * imageSize + right);
  }
}

/** A carbon headrest: an arc behind the head, in every slice. */
function paintHeadrest(slice: Float32Array): void {
  for (let x = 0; x < imageSize; x++) {
    const mm = millimetres(x);
    if (Math.abs(mm) > 85) continue;
    const y = Math.round(pixels(112 - (mm / 85) ** 2 * 22));
    for (let row = y; row < y + 4; row++)
      slice[row * imageSize + x] = row === y || row === y + 3 ? -250 : -900;
  }
}

/** A 1-2-1 filter along one axis: the scanner's blur, and the partial volume at edges. */
function blur(slice: Float32Array, step: number, lineStep: number): void {
  for (let line = 0; line < imageSize; line++) {
    let at = line * lineStep;
    let before = slice[at] as number;
    for (let i = 1; i < imageSize - 1; i++) {
      at += step;
      const here = slice[at] as number;
      slice[at] = (before + 2 * here + (slice[at + step] as number)) / 4;
      before = here;
    }
  }
}
