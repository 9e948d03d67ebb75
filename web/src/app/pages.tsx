/** Every page there is, and who finds it in the navigation. The server decides what each may do. */
import type { ComponentType } from "preact";
import type { Role } from "../../../shared/access/principal.ts";
import { UploadPage } from "../upload/upload-page.tsx";
import { lazily } from "./lazily.tsx";
import type { Route } from "./router.ts";

interface Page {
  /** First part of the address's fragment, and its words. */
  readonly name: "upload" | "quarantine" | "orders" | "study";
  readonly roles: readonly Role[];
  /** In the navigation. */
  readonly listed: boolean;
  readonly Content: ComponentType;
}

export const pages: readonly Page[] = [
  { name: "upload", roles: ["technician", "hospital-admin"], listed: true, Content: UploadPage },
  {
    name: "quarantine",
    roles: ["technician", "hospital-admin"],
    listed: true,
    Content: lazily(async () => (await import("../desk/desk-page.tsx")).DeskPage),
  },
  {
    name: "orders",
    roles: ["technician", "radiologist", "hospital-admin"],
    listed: true,
    Content: lazily(async () => (await import("../order/orders-page.tsx")).OrdersPage),
  },
  {
    name: "study",
    roles: ["technician", "physician", "radiologist", "hospital-admin"],
    listed: false,
    Content: lazily(async () => (await import("../study/study-page.tsx")).StudyPage),
  },
];

/** The first page is the one without a name. */
export const pageOf = ([name]: Route): Page | undefined =>
  name === undefined ? pages[0] : pages.find((page) => page.name === name);
