import { render } from "preact";
import { App } from "./app.tsx";
import { takeDropsAndPastes } from "./drop.tsx";
import { start } from "./session.ts";
import "./style/tokens.css";
import "./style/page.css";
import "./style/start.css";
import "./style/photo.css";
import "./style/results.css";

render(<App />, document.getElementById("app")!);
takeDropsAndPastes();
void start();
