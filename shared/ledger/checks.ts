/** What `mic audit ledger` proves, one sentence a check. Each is counted for itself, and says which of its things fail it. */
export const ledgerChecks = {
  "archived-once": "Every original is in the archive in one version, and nothing hides it",
  indexed: "Every original in the archive is indexed, or other bytes stand in its place",
  original:
    "The original of every indexed instance is in the archive, with its size and version, and so is what is kept beside it",
  bytes: "The bytes of each have the SHA-256 that its key says",
  encrypted: "Each lies under the hospital's key",
  locked: "Each is locked until its date, and held where its study is",
  claimed: "Its SOP Instance UID stands for it and for nothing else",
  counted: "Every counter is the number and size of its instances",
  "rolled-up": "Study and series hold instances, and say how many",
  searchable: "Every study is found by everything it should be found by",
  "search-points": "Every month lists only studies that are there, with originals",
  derived: "Metadata, thumbnail and frames of every instance are there, as its item says",
  "reports-kept": "The document of every signed report is in the archive",
  balance: "Of every upload: announced is the sum of its states, and its counters are its files",
  "file-kept": "Every file that was taken in is an instance's original",
  "file-aside": "Every file in quarantine or conflict has its bytes there, while they are kept",
  "file-moving": "No file waits longer than its tries take",
  landing: "Every object that landed is a file's, and waits no longer than its tries take",
  "aside-known": "Everything in quarantine is a file's",
} as const satisfies Record<string, string>;

export type LedgerCheck = keyof typeof ledgerChecks;
