/** Shows a person what is going on: one line a step, with the seconds it took; a moving line on a terminal. */
import { shown } from "./places.ts";

/** A step that failed and was shown to the person already. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** Thrown by a step to say why in a sentence, and where to read more. */
export class StepProblem extends Error {
  override readonly name = "StepProblem";
  readonly log: string | undefined;

  constructor(why: string, options: { readonly log?: string; readonly cause?: unknown } = {}) {
    super(why, options.cause === undefined ? undefined : { cause: options.cause });
    this.log = options.log;
  }
}

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Says what a step is at, such as "17 of 42"; shown on a terminal only. */
export type Detail = (text: string) => void;

export interface StepOptions<T> {
  /** Where to read more when it fails. */
  readonly log?: string;
  /** What to add to the line when it is done. */
  readonly done?: (result: T) => string;
}

interface Running {
  readonly title: string;
  readonly since: number;
  detail: string;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const titleWidth = 50;

export class Progress {
  readonly #screen: Screen;
  readonly #now: () => number;
  readonly #signal: AbortSignal | undefined;
  readonly #running = new Set<Running>();
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;

  /** Once `signal` is aborted no further step begins, and steps that end early are not shown as failures. */
  constructor(
    options: { readonly screen?: Screen; readonly now?: () => number; readonly signal?: AbortSignal } = {},
  ) {
    this.#screen = options.screen ?? process.stdout;
    this.#now = options.now ?? (() => performance.now());
    this.#signal = options.signal;
  }

  /** Steps may run side by side. Throws StepFailed after showing what failed, why and where its log is. */
  async step<T>(
    title: string,
    work: (detail: Detail) => Promise<T>,
    options: StepOptions<T> = {},
  ): Promise<T> {
    if (this.#signal?.aborted) throw new StepFailed(title);
    const running: Running = { title, since: this.#now(), detail: "" };
    this.#begin(running);
    try {
      const result = await work((text) => {
        running.detail = text;
      });
      const added = options.done?.(result);
      this.#end(running, `✓ ${this.#line(title, running.since)}${added ? `  ${added}` : ""}`);
      return result;
    } catch (error) {
      const stopped = this.#signal?.aborted === true;
      this.#end(running, `${stopped ? "–" : "✗"} ${this.#line(title, running.since)}`);
      if (!stopped && !(error instanceof StepFailed)) this.#explain(error, options.log);
      throw new StepFailed(title, { cause: error });
    }
  }

  say(text = ""): void {
    this.#clear();
    this.#screen.write(`${text}\n`);
    this.#draw();
  }

  #line(title: string, since: number): string {
    const seconds = ((this.#now() - since) / 1000).toFixed(1);
    return `${title.padEnd(titleWidth - wideCharacters(title))} ${seconds.padStart(6)} s`;
  }

  #explain(error: unknown, log: string | undefined): void {
    const why = error instanceof Error ? error.message : String(error);
    const file = error instanceof StepProblem ? (error.log ?? log) : log;
    const lines = why.split("\n").map((line) => `    ${line}`);
    this.say([...lines, ...(file ? [`    The whole log: ${shown(file)}`] : [])].join("\n"));
  }

  #begin(running: Running): void {
    this.#running.add(running);
    if (!this.#screen.isTTY) return;
    this.#timer ??= setInterval(() => this.#draw(), 120).unref();
    this.#draw();
  }

  #end(running: Running, line: string): void {
    this.#running.delete(running);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.say(line);
  }

  #clear(): void {
    if (this.#screen.isTTY) this.#screen.write("\r\u001b[K");
  }

  #draw(): void {
    if (!this.#screen.isTTY || this.#running.size === 0) return;
    this.#frame = (this.#frame + 1) % frames.length;
    const parts = [...this.#running].map(({ title, detail }) => (detail ? `${title}: ${detail}` : title));
    const text = `${frames[this.#frame]} ${parts.join(" · ")}`;
    this.#screen.write(`\r\u001b[K${text.slice(0, (this.#screen.columns ?? 80) - 1)}`);
  }
}

/** Hanzi take two columns. */
function wideCharacters(text: string): number {
  return text.match(/[\u3000-\u9fff\uff00-\uffef]/gu)?.length ?? 0;
}
