/** Everything before the images: opening, passcode, a closed link, no network. */
import { useState } from "preact/hooks";
import type { OpenResult } from "./client.ts";
import type { Words } from "./words.ts";

interface Props {
  readonly result: Exclude<OpenResult, { kind: "opened" }> | undefined;
  readonly words: Words;
  readonly open: (passcode?: string) => void;
}

export function Gate({ result, words, open }: Props) {
  if (result === undefined) {
    return (
      <main class="gate" aria-busy="true">
        <p>{words.opening}</p>
      </main>
    );
  }
  if (result.kind === "passcode") return <Passcode wrong={result.wrong} words={words} open={open} />;
  return (
    <main class="gate" data-testid={result.kind}>
      <h1>{result.kind === "closed" ? words.closed : words.offline}</h1>
      {result.kind === "closed" && <p>{words.closedHint}</p>}
      {result.kind === "offline" && (
        <button type="button" onClick={() => open()}>
          {words.retry}
        </button>
      )}
    </main>
  );
}

function Passcode({
  wrong,
  words,
  open,
}: {
  wrong: boolean;
  words: Words;
  open: (passcode: string) => void;
}) {
  const [passcode, setPasscode] = useState("");
  return (
    <main class="gate">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          open(passcode.trim());
        }}
      >
        <h1>{words.passcode}</h1>
        <p>{words.passcodeHint}</p>
        <input
          name="passcode"
          autocomplete="one-time-code"
          autocapitalize="none"
          maxLength={12}
          required
          aria-label={words.passcode}
          aria-invalid={wrong}
          value={passcode}
          onInput={(event) => setPasscode(event.currentTarget.value)}
        />
        {wrong && <p role="alert">{words.passcodeWrong}</p>}
        <button type="submit">{words.open}</button>
      </form>
    </main>
  );
}
