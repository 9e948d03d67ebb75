/** One test file for all that is said about the stacks, because each file would synthesize them anew. */
import "./template.ts";
import "./front.ts";
import "./storage.ts";
import "./grants.ts";
import "./sign-in.ts";
import "./pages.ts";
import "./china.ts";
import "./nag.ts";
