export { chromiumPath, launchChromium } from './chromium.js';
export { measurePainted } from './painted.js';
