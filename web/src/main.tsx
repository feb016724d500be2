import { render } from "preact";
import { App } from "./app";
import { askBefore, connect, watchSilence } from "./connection";
import { askWhoWeAre } from "./log-in";
import "uplot/dist/uPlot.min.css";
import "./style/frame.css";
import "./style/live.css";
import "./style/coils.css";
import "./style/decisions.css";
import "./style/ribbon.css";
import "./style/models.css";

const root = document.getElementById("app");
if (root) render(<App />, root);
askBefore(askWhoWeAre);
void askWhoWeAre();
connect();
watchSilence();
