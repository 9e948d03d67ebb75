/** Wheel, keys and pointers on the stage: up and down scrolls, sideways changes the window, two fingers zoom. */
import { useEffect, useRef } from "preact/hooks";
import type { Window } from "./window-level.ts";

interface Actions {
  readonly step: (by: number) => void;
  readonly window: Window;
  readonly setWindow: (window: Window) => void;
  readonly close: () => void;
}

const pixelsPerSlice = 18;
const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  PageDown: 10,
  ArrowUp: -1,
  ArrowLeft: -1,
  PageUp: -10,
};

export function useGestures(actions: Actions) {
  const stage = useRef<HTMLDivElement>(null);
  const latest = useRef(actions);
  latest.current = actions;

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement) return;
      if (event.key === "Escape") latest.current.close();
      const by = steps[event.key];
      if (by === undefined) return;
      event.preventDefault();
      latest.current.step(by);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  useEffect(() => {
    const element = stage.current;
    return element === null ? undefined : listenToPointers(element, latest);
  }, []);
  return stage;
}

function listenToPointers(element: HTMLElement, latest: { readonly current: Actions }): () => void {
  const stop = new AbortController();
  const pointers = new Map<number, PointerEvent>();
  let scrolled = 0;
  let zoom = 1;

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    latest.current.step(event.deltaY > 0 ? 1 : -1);
  };
  const onMove = (event: PointerEvent): void => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const other = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other !== undefined) {
      zoom = Math.min(Math.max((zoom * distance(event, other)) / Math.max(distance(before, other), 1), 1), 8);
      element.style.setProperty("--zoom", String(zoom));
    } else {
      scrolled += event.clientY - before.clientY;
      const by = Math.trunc(scrolled / pixelsPerSlice);
      scrolled -= by * pixelsPerSlice;
      if (by !== 0) latest.current.step(by);
      widen(latest.current, event.clientX - before.clientX);
    }
    pointers.set(event.pointerId, event);
  };
  const release = (event: PointerEvent): void => void pointers.delete(event.pointerId);

  element.addEventListener("wheel", onWheel, { passive: false, signal: stop.signal });
  element.addEventListener("pointermove", onMove, { signal: stop.signal });
  element.addEventListener("pointerup", release, { signal: stop.signal });
  element.addEventListener("pointercancel", release, { signal: stop.signal });
  element.addEventListener(
    "pointerdown",
    (event) => {
      element.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
    },
    { signal: stop.signal },
  );
  return () => stop.abort();
}

function widen({ window, setWindow }: Actions, sideways: number): void {
  if (sideways === 0) return;
  setWindow({ center: window.center, width: Math.max(window.width * (1 + sideways / 200), 2) });
}

const distance = (a: PointerEvent, b: PointerEvent): number =>
  Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
