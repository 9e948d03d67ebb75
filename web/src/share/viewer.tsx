/** Scrolls through a series: wheel, keys, swipe and slider; window presets, and dragging for window width and centre. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { PictureCanvas } from "./canvas.tsx";
import { type Absence, NotShown, type ShareClient } from "./client.ts";
import { useGestures } from "./gestures.ts";
import type { OpenedSeries } from "./opened.ts";
import { type Picture, SeriesImages } from "./series-images.ts";
import { defaultWindow, fullWindow, presets, type Window } from "./window-level.ts";
import type { Words } from "./words.ts";

interface Props {
  readonly client: ShareClient;
  readonly series: OpenedSeries;
  readonly words: Words;
  readonly mayDownload: boolean;
  readonly onClose: () => void;
}

export function Viewer({ client, series, words, mayDownload, onClose }: Props) {
  const images = useMemo(
    () => new SeriesImages(client, series.seriesUid, series.instances),
    [client, series],
  );
  const last = images.slices.length - 1;
  const [index, setIndex] = useState(Math.floor(last / 2));
  const [chosen, setChosen] = useState<Window>();
  const { picture, absence } = usePicture(images, index);
  const sopUid = images.slices[index]?.sopUid;
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
        {mayDownload && sopUid !== undefined && (
          <button
            type="button"
            class="quiet"
            aria-label={words.download}
            title={words.download}
            onClick={() => saveOriginal(client, series.seriesUid, sopUid)}
          >
            ⤓
          </button>
        )}
      </header>
      <div class="stage" ref={stage} data-testid="stage" data-loaded={picture ? String(index) : ""}>
        {picture && <PictureCanvas picture={picture} window={shown} label={`${words.image} ${index + 1}`} />}
        {!picture && <p role="status">{absence ? words[absence] : `${words.loading}…`}</p>}
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

async function saveOriginal(client: ShareClient, seriesUid: string, sopUid: string): Promise<void> {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await client.original(seriesUid, sopUid));
  link.download = `${sopUid}.dcm`;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface Loaded {
  readonly picture?: Picture;
  readonly absence?: Absence;
}

/** The last picture stays while the next loads, so that scrolling does not flicker. */
function usePicture(images: SeriesImages, index: number): Loaded {
  const [state, setState] = useState<Loaded>({});
  useEffect(() => {
    let current = true;
    images.picture(index).then(
      (picture) => current && setState({ picture }),
      (error) => current && setState({ absence: error instanceof NotShown ? error.absence : "offline" }),
    );
    return () => {
      current = false;
    };
  }, [images, index]);
  return state;
}
