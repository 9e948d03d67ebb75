/** What a request acts on, as the policies see it. Attribute names are those of `policies/schema.cedarschema`. */

/** Grantees (`hospital-…`, `share-…`) by what they were given on a study. */
export interface Granted {
  readonly viewers: readonly string[];
  readonly reporters: readonly string[];
  readonly downloaders: readonly string[];
}

export type Resource =
  | { readonly type: "Hospital"; readonly id: string; readonly hospital: string }
  | ({ readonly type: "Study" | "Report"; readonly id: string; readonly hospital: string } & Granted)
  | { readonly type: "Link"; readonly id: string; readonly hospital: string; readonly grantee: string }
  | { readonly type: "Consult"; readonly id: string; readonly hospital: string; readonly toHospital: string }
  | { readonly type: "Network"; readonly id: string }
  | { readonly type: "Account"; readonly id: string };

/** The resource of this type that the caller has the best claim to: what they may not do there, they may do nowhere. */
export function mostFavourable(type: Resource["type"], hospital: string, grantee: string): Resource {
  const id = "most-favourable";
  switch (type) {
    case "Study":
    case "Report":
      return { type, id, hospital, viewers: [grantee], reporters: [grantee], downloaders: [grantee] };
    case "Link":
      return { type, id, hospital, grantee };
    case "Consult":
      return { type, id, hospital, toHospital: hospital };
    case "Hospital":
      return { type, id, hospital };
    default:
      return { type, id };
  }
}
