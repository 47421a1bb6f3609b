// What the files of tests begin with: one server for all tests of a file, and pages that say no errors.
import { expect, test } from "@playwright/test";
import { listen } from "./person";
import type { Running } from "./program";

/** Started before the first test of the file and stopped after the last; not to be read before. */
export function served(begin: () => Promise<Running>, most = 180_000): Running {
  const server = {} as Running;
  test.beforeAll(async () => {
    test.setTimeout(most);
    Object.assign(server, await begin());
  });
  test.afterAll(() => server.stop?.());
  return server;
}

/** Errors in the console of a page fail its test. */
export function silent(): void {
  const said: string[] = [];
  test.beforeEach(({ page }) => listen(page, said));
  test.afterEach(() => expect(said, "errors of the page").toEqual([]));
}
