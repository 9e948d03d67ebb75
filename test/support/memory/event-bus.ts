import type { EventBus } from "../../../shared/ports.ts";

const largestEntry = 256 * 1024;

export interface MemoryEventBus extends EventBus {
  /** Events in the order published, as a subscriber would parse them. */
  published(): readonly { readonly type: string; readonly detail: unknown }[];
  /** Runs before each publish; what it throws, the call throws and nothing goes out. */
  before(hook: (() => void | Promise<void>) | undefined): void;
}

export function memoryEventBus(): MemoryEventBus {
  const events: { type: string; detail: unknown }[] = [];
  let hook: (() => void | Promise<void>) | undefined;
  return {
    async publish(published) {
      await hook?.();
      const parsed = published.map(({ type, detail }) => {
        const text = JSON.stringify(detail);
        // EventBridge takes objects only, not lists or bare values.
        if (text?.startsWith("{") !== true) throw new Error("The detail of an event must be an object");
        if (Buffer.byteLength(text) > largestEntry) throw new Error("An event is larger than 256 KB");
        return { type, detail: JSON.parse(text) as unknown };
      });
      events.push(...parsed);
    },
    published: () => [...events],
    before(next) {
      hook = next;
    },
  };
}
