// Starts the app, in strict mode: there every effect runs twice, which finds hooks that leave something behind.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.querySelector('#root');
if (!root) throw new Error("index.html has no '#root'.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
