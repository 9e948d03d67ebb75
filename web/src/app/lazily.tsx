/** Pages that are fetched when they are first opened: the first one must not wait for the others. */
import type { ComponentType } from "preact";
import { useApp } from "./context.ts";
import { Failure, Loading, useLoaded } from "./loaded.tsx";

/** `load`: a dynamic import, which Vite makes a file of its own. */
export function lazily(load: () => Promise<ComponentType>): ComponentType {
  return function Later() {
    const { language } = useApp();
    const { value, error, again } = useLoaded(async () => ({ Page: await load() }), []);
    if (error !== undefined) return <Failure {...{ error, again, language }} />;
    if (value === undefined) return <Loading language={language} />;
    return <value.Page />;
  };
}
