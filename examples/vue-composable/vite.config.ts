// Vue's single-file components need a plug-in of Vite; the detector needs nothing.

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [vue()] });
