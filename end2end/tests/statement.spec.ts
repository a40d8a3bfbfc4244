// The accessibility statement tells of what was looked at, and of all that is.

import { readFileSync } from 'node:fs';
import { expect, test } from './demo';
import { STATES } from './states';

test('the accessibility statement tells of every page that axe looks at', () => {
  const { pages } = JSON.parse(readFileSync('../docs/accessibility.json', 'utf8'));
  const names = pages.map(({ name }: { name: string }) => name);
  expect(names, 'make it anew: see statement.ts').toEqual(Object.keys(STATES).sort());
});
