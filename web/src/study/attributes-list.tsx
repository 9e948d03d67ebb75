/** Attributes by name, as many side by side as the screen has room for. */
import type { ReadableAttribute } from "./attributes.ts";

export const Attributes = ({ rows }: { readonly rows: readonly ReadableAttribute[] }) => (
  <dl class="attributes" data-testid="attributes">
    {rows.map(({ tag, name, text }) => (
      <div key={tag}>
        <dt>{name}</dt>
        <dd>{text}</dd>
      </div>
    ))}
  </dl>
);
