/** Where a folder is dropped or chosen, and what it is. */
import { useRef, useState } from "preact/hooks";
import { useApp } from "../app/context.ts";
import type { Terms } from "./announce.ts";
import { type Chosen, canPickFolder, fromDrop, fromInput, pickFolder } from "./chosen.ts";
import type { OnFound } from "./gather.ts";
import { useChoosing } from "./use-choosing.ts";
import { filled, words } from "./words.ts";

interface Props {
  readonly terms: Terms;
  readonly setTerms: (terms: Terms) => void;
  readonly begin: (chosen: Chosen) => void;
}

export function Choose({ terms, setTerms, begin }: Props) {
  return (
    <section class="choose">
      <TermsFields terms={terms} setTerms={setTerms} />
      <DropZone begin={begin} />
    </section>
  );
}

function TermsFields({ terms, setTerms }: Omit<Props, "begin">) {
  const t = words[useApp().language];
  return (
    <div class="fields">
      <fieldset>
        <legend>{t.priority}</legend>
        {(["routine", "stat"] as const).map((priority) => (
          <label key={priority} class={`pick ${priority}`}>
            <input
              type="radio"
              name="priority"
              checked={terms.priority === priority}
              onChange={() => setTerms({ ...terms, priority })}
            />
            {t[priority]}
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{t.encounter}</span>
        <select
          name="encounter"
          value={terms.encounterClass}
          onChange={({ currentTarget }) =>
            setTerms({ ...terms, encounterClass: currentTarget.value as Terms["encounterClass"] })
          }
        >
          {(["unknown", "outpatient", "inpatient"] as const).map((encounter) => (
            <option key={encounter} value={encounter}>
              {t.encounters[encounter]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function DropZone({ begin }: Pick<Props, "begin">) {
  const t = words[useApp().language];
  const [over, setOver] = useState(false);
  const [unread, setUnread] = useState(false);
  const { found, during } = useChoosing();
  const take = (choosing: (onFound: OnFound) => Promise<Chosen | undefined>): void => {
    setUnread(false);
    during(choosing).then(
      (chosen) => chosen && begin(chosen),
      () => setUnread(true),
    );
  };
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const chooseFolder = (): void => {
    if (canPickFolder()) take(pickFolder);
    else folder.current?.click();
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const { dataTransfer } = event;
    if (dataTransfer) take((onFound) => fromDrop(dataTransfer, onFound));
  };
  const chosen = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    if (currentTarget.files?.length) begin(fromInput(currentTarget.files));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the buttons inside are everybody's
    <div
      class={over ? "drop over" : "drop"}
      data-testid="drop"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <strong>{t.drop}</strong>
      <p class="muted">{t.dropHint}</p>
      {unread && (
        <p class="notice bad" role="alert">
          {t.unreadChoice}
        </p>
      )}
      {found !== undefined && <p role="status">{filled(t.foundSoFar, { count: found })}</p>}
      <div class="row">
        <button type="button" onClick={chooseFolder}>
          {t.chooseFolder}
        </button>
        <button type="button" class="second" onClick={() => files.current?.click()}>
          {t.chooseFiles}
        </button>
      </div>
      <input
        ref={folder}
        type="file"
        hidden
        data-testid="folder"
        // biome-ignore lint/suspicious/noExplicitAny: an attribute every browser has and no standard names
        {...({ webkitdirectory: true } as any)}
        onChange={chosen}
      />
      <input ref={files} type="file" hidden multiple data-testid="files" onChange={chosen} />
    </div>
  );
}
