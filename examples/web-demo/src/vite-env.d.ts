// What Vite adds to the sources: styles as imports, and `import.meta.env`.

/// <reference types="vite/client" />
