/** A journey waits for queues and functions of a cloud; each step has a limit of its own, and this is above them all. */
import { jest } from "@jest/globals";

jest.setTimeout(240_000);
