#!/usr/bin/env node
import '../dist/node/command/main.js';
