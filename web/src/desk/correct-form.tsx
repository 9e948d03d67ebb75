/** Assigning what a file lacks or says wrongly: UIDs and the character set. */
import { useState } from "preact/hooks";
import type { CorrectRequest, Inspected } from "../../../shared/contract/schemas/ingest.ts";
import { useApp } from "../app/context.ts";
import { attributeText } from "../study/attributes.ts";
import { words } from "./words.ts";

const uids = {
  sopInstanceUid: "00080018",
  seriesInstanceUid: "0020000E",
  studyInstanceUid: "0020000D",
} as const;
type Uid = keyof typeof uids;

/** PS3.3 C.12.1.1.2: those scanners in China write, and what they should have said. */
const characterSets = [
  "GB18030",
  "GBK",
  "ISO_IR 192",
  "ISO_IR 100",
  "ISO 2022 IR 6\\ISO 2022 IR 58",
] as const;

interface Props {
  readonly file: Inspected;
  readonly busy: boolean;
  readonly correct: (body: CorrectRequest) => void;
}

type Choice = "leave" | "new" | "own";
type Fields = Readonly<Record<Uid, { readonly choice: Choice; readonly own: string }>>;

/** What is missing is offered a new UID; what is there is left. */
const atFirst = ({ attributes }: Inspected): Fields => {
  const field = (uid: Uid) => ({
    choice: attributeText(attributes, uids[uid]) === "" ? ("new" as const) : ("leave" as const),
    own: "",
  });
  return {
    sopInstanceUid: field("sopInstanceUid"),
    seriesInstanceUid: field("seriesInstanceUid"),
    studyInstanceUid: field("studyInstanceUid"),
  };
};

export function correctionOf(fields: Fields, characterSet: string): CorrectRequest {
  const assigned: CorrectRequest = {};
  for (const uid of Object.keys(uids) as Uid[]) {
    const { choice, own } = fields[uid];
    if (choice === "new") assigned[uid] = "new";
    if (choice === "own" && own.trim() !== "") assigned[uid] = own.trim();
  }
  if (characterSet !== "") assigned.characterSet = characterSet;
  return assigned;
}

export function CorrectForm({ file, busy, correct }: Props) {
  const t = words[useApp().language];
  const [fields, setFields] = useState(() => atFirst(file));
  const [characterSet, setCharacterSet] = useState("");
  const body = correctionOf(fields, characterSet);
  const nothing = Object.keys(body).length === 0;
  return (
    <form
      class="choice"
      data-testid="correct"
      onSubmit={(event) => {
        event.preventDefault();
        if (!nothing) correct(body);
      }}
    >
      <p>{t.correctHint}</p>
      {(Object.keys(uids) as Uid[]).map((uid) => (
        <UidField
          key={uid}
          uid={uid}
          file={file}
          field={fields[uid]}
          set={(field) => setFields({ ...fields, [uid]: field })}
        />
      ))}
      <label class="field">
        <span>{t.characterSet}</span>
        <select
          name="characterSet"
          value={characterSet}
          onChange={({ currentTarget }) => setCharacterSet(currentTarget.value)}
        >
          <option value="">{t.leave}</option>
          {characterSets.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      {nothing && <p class="muted">{t.nothingToCorrect}</p>}
      <button type="submit" disabled={busy || nothing}>
        {t.correct}
      </button>
    </form>
  );
}

interface UidFieldProps {
  readonly uid: Uid;
  readonly file: Inspected;
  readonly field: Fields[Uid];
  readonly set: (field: Fields[Uid]) => void;
}

function UidField({ uid, file, field, set }: UidFieldProps) {
  const t = words[useApp().language];
  const now = attributeText(file.attributes, uids[uid]);
  return (
    <div class="field">
      <span>
        {t.uids[uid]} {now && <code>{now}</code>}
      </span>
      <div class="row">
        <select
          name={uid}
          aria-label={t.uids[uid]}
          value={field.choice}
          onChange={({ currentTarget }) => set({ ...field, choice: currentTarget.value as Choice })}
        >
          <option value="leave">{t.leave}</option>
          <option value="new">{t.newUid}</option>
          <option value="own">{t.ownUid}</option>
        </select>
        {field.choice === "own" && (
          <input
            type="text"
            aria-label={`${t.uids[uid]}: ${t.ownUid}`}
            inputMode="decimal"
            pattern="[0-9.]{1,64}"
            required
            value={field.own}
            onInput={({ currentTarget }) => set({ ...field, own: currentTarget.value })}
          />
        )}
      </div>
    </div>
  );
}
