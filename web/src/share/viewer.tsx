/** Scrolls through a series: wheel, keys, swipe and slider; window presets, and dragging for window width and centre. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { PictureCanvas } from "./canvas.tsx";
import type { ShareClient } from "./client.ts";
import { useGestures } from "./gestures.ts";
import type { OpenedSeries } from "./opened.ts";
import { type Picture, SeriesImages } from "./series-images.ts";
import { defaultWindow, fullWindow, presets, type Window } from "./window-level.ts";
import type { Words } from "./words.ts";

interface Props {
  readonly client: ShareClient;
  readonly series: OpenedSeries;
  readonly words: Words;
  readonly onClose: () => void;
}

export function Viewer({ client, series, words, onClose }: Props) {
  const images = useMemo(
    () => new SeriesImages(client, series.seriesUid, series.instances),
    [client, series],
  );
  const last = images.slices.length - 1;
  const [index, setIndex] = useState(Math.floor(last / 2));
  const [chosen, setChosen] = useState<Window>();
  const { picture, failed } = usePicture(images, index);
  const shown =
    chosen ??
    (picture?.kind === "values" ? defaultWindow(picture.image, picture.values) : { center: 128, width: 256 });
  const step = (by: number): void => setIndex((at) => Math.min(Math.max(at + by, 0), last));
  const stage = useGestures({ step, window: shown, setWindow: setChosen, close: onClose });

  return (
    <div class="viewer" role="dialog" aria-modal="true" aria-label={series.description ?? words.series}>
      <header>
        <button type="button" class="quiet" onClick={onClose} aria-label={words.close}>
          ✕
        </button>
        <span>{series.description ?? series.modality}</span>
        <output data-testid="position">
          {index + 1} / {last + 1}
        </output>
      </header>
      <div class="stage" ref={stage} data-testid="stage" data-loaded={picture ? String(index) : ""}>
        {picture && <PictureCanvas picture={picture} window={shown} label={`${words.image} ${index + 1}`} />}
        {!picture && <p>{failed ? words.offline : `${words.loading}…`}</p>}
      </div>
      <footer>
        <input
          type="range"
          min="0"
          max={last}
          value={index}
          aria-label={words.image}
          onInput={(event) => setIndex(Number(event.currentTarget.value))}
        />
        {picture?.kind === "values" && picture.image.samplesPerPixel === 1 && (
          <Presets picture={picture} modality={series.modality} words={words} choose={setChosen} />
        )}
        <p class="hint">{words.hint}</p>
      </footer>
    </div>
  );
}

type Values = Extract<Picture, { kind: "values" }>;

function Presets({
  picture,
  modality,
  words,
  choose,
}: {
  picture: Values;
  modality: string | undefined;
  words: Words;
  choose: (window: Window | undefined) => void;
}) {
  const named = modality === "CT" ? (Object.keys(presets) as (keyof typeof presets)[]) : [];
  return (
    <div class="presets">
      <button type="button" onClick={() => choose(undefined)}>
        {words.presets.original}
      </button>
      {named.map((name) => (
        <button type="button" key={name} data-preset={name} onClick={() => choose(presets[name])}>
          {words.presets[name]}
        </button>
      ))}
      <button type="button" onClick={() => choose(fullWindow(picture.image, picture.values))}>
        {words.presets.full}
      </button>
    </div>
  );
}

/** The last picture stays while the next loads, so that scrolling does not flicker. */
function usePicture(images: SeriesImages, index: number): { picture: Picture | undefined; failed: boolean } {
  const [state, setState] = useState<{ picture: Picture | undefined; failed: boolean }>({
    picture: undefined,
    failed: false,
  });
  useEffect(() => {
    let current = true;
    images.picture(index).then(
      (picture) => current && setState({ picture, failed: false }),
      () => current && setState({ picture: undefined, failed: true }),
    );
    return () => {
      current = false;
    };
  }, [images, index]);
  return state;
}
