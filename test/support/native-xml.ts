/** Reads the Native DICOM Model (PS3.19 §A.1) far enough to compare what two programs wrote. */

export interface NativeAttribute {
  /** Tags from the outermost sequence on, with the numbers of items. */
  readonly path: string;
  readonly vr: string;
  readonly keyword: string | undefined;
  readonly privateCreator: string | undefined;
  /** Values in order, a person's name as its components; undefined where they are bulk data. */
  readonly values: readonly string[] | undefined;
}

interface Node {
  readonly name: string;
  readonly given: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const decoded = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code, name) =>
    code === undefined ? (entities[name] ?? "?") : String.fromCodePoint(Number(code)),
  );

/** Throws where elements are not closed in the order they were opened. */
export function readNativeModel(xml: string): readonly NativeAttribute[] {
  const root: Node = { name: "", given: {}, children: [], text: "" };
  const open = [root];
  for (const [, markup = "", between = ""] of xml.matchAll(/<([^?>][^>]*)>([^<]*)/g)) {
    if (markup.startsWith("/")) {
      const { name } = open.pop() as Node;
      if (name !== markup.slice(1)) throw new Error(`<${name}> is closed by <${markup}>`);
    } else {
      const node = nodeOf(markup, decoded(between));
      open.at(-1)?.children.push(node);
      if (!markup.endsWith("/")) open.push(node);
    }
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return root.children.flatMap(({ children }) => children.flatMap((child) => attributesOf(child, "")));
}

function nodeOf(markup: string, text: string): Node {
  const [name = ""] = markup.split(/[\s/]/);
  const pairs = [...markup.matchAll(/(\w+)="([^"]*)"/g)];
  const given = Object.fromEntries(pairs.map(([, key, value = ""]) => [key, decoded(value)]));
  return { name, given, children: [], text };
}

function attributesOf({ given, children }: Node, above: string): readonly NativeAttribute[] {
  const path = `${above}${given.tag}`;
  const bulk = children.some(({ name }) => name === "BulkData" || name === "InlineBinary");
  const values = bulk ? undefined : children.flatMap(valuesOf);
  const { vr = "", keyword, privateCreator } = given;
  const items = children.filter(({ name }) => name === "Item");
  return [
    { path, vr, keyword, privateCreator, values },
    ...items.flatMap((item) =>
      item.children.flatMap((child) => attributesOf(child, `${path} #${item.given.number} `)),
    ),
  ];
}

function valuesOf({ name, children, text }: Node): readonly string[] {
  if (name === "Value") return [text];
  if (name !== "PersonName") return [];
  return children.flatMap((group) =>
    group.children.map((part) => `${group.name} ${part.name}: ${part.text}`),
  );
}
