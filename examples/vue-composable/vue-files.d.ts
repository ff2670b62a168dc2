// What a `.vue` file is to TypeScript; `vue-tsc` would look into it.

declare module '*.vue' {
  import type { Component } from 'vue';

  const component: Component;
  export default component;
}
