// The entry of the page.

import './styles/base.css';
import './styles/viewer.css';
import './styles/panel.css';
import './styles/touch.css';
import { App } from './app.ts';
import { goOffline } from './offline.ts';
import { preferredLanguage, setLanguage } from './texts/language.ts';
import { isUnsupported, showUnsupported } from './unsupported.ts';

if (isUnsupported()) {
  setLanguage(preferredLanguage());
} else {
  try {
    await new App().start();
  } catch (error) {
    showUnsupported(error);
  }
  goOffline();
}
