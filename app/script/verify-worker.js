// Verifies one archive beside the page, so that the page stays usable meanwhile. Loaded by who presses.

import init, { verify } from './recount.js';

addEventListener('message', async ({ data }) => {
  try {
    await init({ module_or_path: new URL('recount_bg.wasm', import.meta.url) });
    // The program is there: from here on it counts.
    postMessage({});
    postMessage({ report: JSON.parse(verify(data.archive, data.published)) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
});
