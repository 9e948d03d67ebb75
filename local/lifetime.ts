/** Ends what was started, in reverse, whatever ends this: Ctrl-C, npm stop, a closed terminal, a failed step. */
import { setInterval } from "node:timers";

export class Lifetime {
  readonly #abort = new AbortController();
  readonly #endings: { readonly what: string; readonly end: () => Promise<void> }[] = [];

  /** A person or program said stop. */
  interrupted = false;

  /** Aborted when this should end. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** What to do at the end; the last registered is done first. */
  atEnd(what: string, end: () => Promise<void>): void {
    this.#endings.push({ what, end });
  }

  end(): void {
    this.#abort.abort();
  }

  /** A second signal within this long is the same Ctrl-C seen twice: npm passes it on and the terminal sends it too. */
  listen({ followParent }: { readonly followParent: boolean }): void {
    const again = 2000;
    let first = 0;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        if (first !== 0 && Date.now() - first > again) process.exit(130);
        first ||= Date.now();
        this.interrupted = true;
        this.end();
      });
    if (followParent) this.#endWithParent();
    // Whoever read the output may have left (`npm start | head`): what runs goes on.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
    // A mistake in here must not leave the emulator behind.
    process.on("uncaughtException", (error) => {
      console.error(error);
      process.exitCode = 1;
      this.end();
    });
  }

  /** Runs all endings; one that fails does not keep the others from being done. */
  async close(): Promise<void> {
    for (const { what, end } of this.#endings.reverse()) {
      await end().catch((error: Error) => console.error(`${what}: ${error.message}`));
    }
  }

  /** npm's shell may die of a signal that never reaches this: then nobody is left to say stop. */
  #endWithParent(): void {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid === parent) return;
      this.interrupted = true;
      this.end();
    }, 1000).unref();
  }

  async ended(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise((resolve) => this.signal.addEventListener("abort", resolve, { once: true }));
  }
}
