import { InvalidArgumentError } from "commander";
import { isUlid } from "../shared/contract/identifiers.ts";

/** Reads an id on the command line. `whose`: such as `an order's`; `printedBy`: the command that shows such ids. */
export const ulidArgument =
  (whose: string, printedBy: string) =>
  (value: string): string => {
    if (isUlid(value)) return value;
    throw new InvalidArgumentError(`${whose} id has 26 capital letters and digits; ${printedBy} prints it`);
  };
