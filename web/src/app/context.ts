/** What every page of a signed-in person uses. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SelfView } from "../../../shared/contract/schemas/network.ts";
import type { Language } from "../language.ts";
import type { Session } from "../sign-in/session.ts";
import type { Api } from "./api.ts";
import type { Route } from "./router.ts";

export interface App {
  readonly api: Api;
  readonly session: Session;
  readonly me: SelfView;
  readonly language: Language;
  readonly route: Route;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error("This component is for signed-in people.");
  return app;
}
