// ssdlite: the neutral core, the same in Node and browser.

export { ssdNetwork } from './network/ssd-network.ts';
