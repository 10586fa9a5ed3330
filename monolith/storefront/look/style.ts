import { HUES } from "./tile.ts";

/**
 * The one style sheet of the shop. Of WCAG 2.2: words keep at least 4.5 : 1 on their grounds (1.4.3) and the ring of the
 * focus 3 : 1 (1.4.11); a link that stands alone is at least 1.5rem high (2.5.8).
 */
export const STYLE = `
:root{--ground:#faf7f1;--card:#fff;--ink:#26231d;--soft:#5f584a;--line:#e4dccb;--leaf:#2f5d3a;--leaf-dark:#234a2d;
  --leaf-pale:#e8f0e6;--gold:#a86c0a;--fig:#6b3a56;--warn:#8a2c1d;--warn-pale:#fbeae6;--serif:Georgia,"Times New Roman",serif}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
  min-height:100vh;display:flex;flex-direction:column}
.wrap{width:100%;max-width:70rem;margin:0 auto;padding:0 1.25rem}
main{flex:1;padding:1.25rem 0 3rem}
h1,h2,h3{font-family:var(--serif);line-height:1.2;margin:0 0 .5rem;text-wrap:balance}
h1{font-size:clamp(1.6rem,4vw,2.2rem)}h2{font-size:1.35rem;margin-top:2rem}h3{font-size:1.05rem}
p{margin:.5rem 0}a{color:var(--leaf);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--gold);outline-offset:2px;border-radius:.2rem}
.soft{color:var(--soft);font-size:.92rem}.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.skip{position:absolute;left:-99rem}.skip:focus{position:static;display:block;padding:.5rem 1.25rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

.top{background:var(--card);border-bottom:1px solid var(--line)}
.top .wrap{display:flex;flex-wrap:wrap;gap:.6rem 1.25rem;align-items:center;padding-top:.8rem;padding-bottom:.8rem}
.brand{display:flex;align-items:center;gap:.55rem;font:700 1.5rem/1 var(--serif);color:var(--leaf);text-decoration:none}
.top .find{flex:1 1 16rem}
.top nav{margin-left:auto}.top nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;list-style:none;margin:0;padding:0}
.top nav a,.top nav button{display:inline-block;padding:.35rem 0;text-decoration:none;color:var(--ink);font-size:.95rem}
.top nav a:hover,.top nav button:hover{text-decoration:underline}
.badge{display:inline-block;min-width:1.5rem;padding:0 .4rem;margin-left:.3rem;border-radius:1rem;background:var(--leaf);color:#fff;
  font-size:.8rem;line-height:1.2rem;text-align:center;font-weight:700}
.foot{border-top:1px solid var(--line);background:var(--card);color:var(--soft);font-size:.9rem}
.foot .wrap{padding-top:1.1rem;padding-bottom:1.4rem}.foot p{margin:.2rem 0}

.find{display:flex;gap:.5rem}.find input[type=search]{flex:1;min-width:0}
input,select{font:inherit;color:inherit;background:#fff;border:1px solid #8d8472;border-radius:.4rem;padding:.5rem .7rem;width:100%;min-height:2.75rem}
input[aria-invalid=true],select[aria-invalid=true]{border-color:var(--warn);border-width:2px}
button,.button{font:inherit;font-weight:600;cursor:pointer;display:inline-block;text-decoration:none;border:1px solid var(--leaf);border-radius:.4rem;
  background:var(--leaf);color:#fff;padding:.5rem 1.1rem;min-height:2.75rem}
button:hover,.button:hover{background:var(--leaf-dark)}
.second{background:#fff;color:var(--leaf)}.second:hover{background:var(--leaf-pale)}
.bad{background:#fff;color:var(--warn);border-color:var(--warn)}.bad:hover{background:var(--warn-pale)}
.plain{background:none;border:0;color:var(--leaf);font-weight:400;padding:0;min-height:0;text-decoration:underline}.plain:hover{background:none}
.form{display:grid;gap:1rem;max-width:30rem}.split .form{max-width:none}.form .pair{display:grid;gap:1rem;grid-template-columns:1fr 1fr}
.field label{display:block;font-weight:600;margin-bottom:.2rem}.field .hint{margin:.15rem 0 0}.field .wrong{margin:.15rem 0 0;color:var(--warn);font-weight:600}
fieldset{border:1px solid var(--line);border-radius:.6rem;background:var(--card);padding:1rem 1.25rem 1.25rem;margin:0;display:grid;gap:1rem}
legend{font:700 1.1rem var(--serif);padding:0 .4rem}

.note{padding:.7rem 1rem;border-radius:.5rem;border:1px solid var(--line);background:var(--leaf-pale);margin:0 0 1.25rem}
.note.wrong{background:var(--warn-pale);border-color:#e5b7ac}.note ul{margin:.3rem 0;padding-left:1.2rem}.note h2{margin:0 0 .2rem;font-size:1.1rem}
.note.wrong a{color:var(--warn)}

.hero{background:linear-gradient(115deg,#e8f0e6,#f6ead8);border:1px solid var(--line);border-radius:.9rem;padding:clamp(1.25rem,4vw,2.75rem);margin-bottom:1rem}
.hero p{max-width:36rem}.hero .button{margin-top:.5rem}
.way{list-style:none;margin:0 0 1rem;padding:0;display:flex;flex-wrap:wrap;font-size:.92rem;color:var(--soft)}
.way li+li::before{content:"›";margin:0 .5rem}.way a,.departments h3 a{display:inline-block;min-height:1.5rem;line-height:1.5rem}
.chips{list-style:none;margin:.5rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.5rem}
.chips a{display:block;padding:.3rem .85rem;border:1px solid #cfc7b5;border-radius:2rem;background:var(--card);text-decoration:none}
.chips a:hover{background:var(--leaf-pale)}.chips a[aria-current]{background:var(--leaf);color:#fff;border-color:var(--leaf)}
.departments{list-style:none;margin:.75rem 0;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(13rem,44%),1fr))}
.departments>li{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem}
.departments h3{margin-bottom:.1rem}.departments p{margin:0 0 .4rem}.departments h3 a{text-decoration:none}.departments h3 a:hover{text-decoration:underline}
.departments ul{list-style:none;margin:0;padding:0}.departments ul a{color:var(--ink);text-decoration:none;display:inline-block;padding:.12rem 0}.departments ul a:hover{text-decoration:underline}
.cards{list-style:none;margin:1rem 0;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr))}
.cards a{display:flex;flex-direction:column;height:100%;padding:.6rem .6rem .8rem;background:var(--card);border:1px solid var(--line);border-radius:.7rem;text-decoration:none;color:inherit}
.cards a:hover{border-color:var(--leaf);box-shadow:0 2px 10px #0001}.cards a:hover .name{text-decoration:underline}
.name{line-height:1.35;margin:.6rem 0 .3rem;flex:1;overflow-wrap:anywhere}.price{font-weight:700}
.tile{display:grid;place-items:center;aspect-ratio:4/3;border-radius:.5rem;font:700 3.2rem/1 var(--serif);color:hsl(var(--hue) 38% 30%);
  background:radial-gradient(circle at 30% 20%,hsl(var(--hue) 55% 95%),hsl(var(--hue) 38% 84%))}
.product{display:grid;gap:1.25rem 2.5rem;margin:0 0 1rem}.product>.tile{font-size:7rem;align-self:start}
.product h1{overflow-wrap:anywhere}.product .price{font-size:1.6rem;margin:.2rem 0}
.stock{font-weight:600;color:var(--leaf)}.stock.none{color:var(--warn)}
.buy{display:flex;gap:.75rem;align-items:end;margin:1rem 0}.buy .field{width:6rem}
dl{margin:1rem 0}dl div{display:flex;gap:1rem;padding:.4rem 0;border-top:1px solid var(--line)}dt{flex:0 0 9rem;color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.sums div{justify-content:space-between}.sums dt{flex:1;color:inherit}
.pager{display:flex;justify-content:space-between;gap:1rem;margin-top:1.25rem;align-items:center}.pager span:first-child,.pager span:last-child{min-width:5rem}

.split{display:grid;gap:1.5rem 2.5rem;align-items:start}
.sheet{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem 1.25rem}
.sheet h2{margin-top:0}
.lines{list-style:none;margin:0;padding:0}.lines>li{display:grid;grid-template-columns:4.5rem 1fr auto;gap:.4rem 1rem;padding:1rem 0;border-top:1px solid var(--line)}
.lines>li:first-child{border-top:0;padding-top:0}.lines p{margin:0}.lines .plain{min-height:2.75rem}.lines .tile{font-size:1.8rem}.lines h2{font:600 1rem/1.35 system-ui,sans-serif;margin:0;overflow-wrap:anywhere}
.lines .act{grid-column:2/-1;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end}.lines .act form{display:flex;gap:.5rem;align-items:end}
.lines .act input{width:5rem}
.sum{display:flex;justify-content:space-between;font-size:1.15rem;font-weight:700;border-top:2px solid var(--ink);padding-top:.6rem;margin-top:.6rem}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:.25rem .5rem}.scroll tr:last-child td,.scroll tfoot th{border-bottom:0}table{border-collapse:collapse;width:100%}
address{font-style:normal}.split+.actions,.scroll+.split{margin-top:1.5rem}
caption{text-align:left;font:700 1.1rem var(--serif);padding:.3rem 0}
th,td{text-align:left;padding:.5rem .75rem;border-bottom:1px solid var(--line);vertical-align:top}th{font-size:.9rem;color:var(--soft)}
th.number,td.number{text-align:right}
.status{display:inline-block;padding:0 .6rem;border-radius:1rem;background:var(--leaf-pale);color:var(--leaf-dark);font-size:.9rem;font-weight:600}
.status.off{background:#eee9df;color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:1rem}.figures div{display:block;flex:1 1 9rem;border:1px solid var(--line);border-radius:.7rem;background:var(--card);padding:.7rem 1rem}
.figures dd{font:700 1.3rem/1.3 var(--serif);white-space:nowrap}
.range{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:1rem 0}
.chart{margin:0;padding:1rem;background:var(--card);border:1px solid var(--line);border-radius:.7rem}.chart svg{display:block;width:100%;height:14rem}
.chart rect{fill:var(--leaf)}.chart .part{fill:#6f9678}.chart rect:hover{fill:var(--gold)}.chart figcaption{display:flex;justify-content:space-between;gap:1rem;border-top:1px solid var(--line);margin-top:.3rem;padding-top:.3rem}
.names{display:flex;text-align:center}.names span{flex:1 1 0;min-width:0}
details{margin:1rem 0}summary{cursor:pointer;color:var(--leaf)}
meter{width:100%;min-width:6rem;height:.9rem}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0;align-items:center}
@media(min-width:46rem){.product{grid-template-columns:2fr 3fr}.split{grid-template-columns:3fr 2fr}.split.even{grid-template-columns:1fr 1fr}.split>.aside{grid-column:2}.split>.aside+*{grid-area:1/1}}
@media(max-width:46rem){.top .find{order:3;flex-basis:100%}}
@media(max-width:30rem){.top .wrap{column-gap:.75rem}.top:has(nav li:nth-child(4)) .brand span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.roomy,.names{display:none}.figures{gap:.7rem}.figures div{flex-basis:8rem}.figures dd{font-size:1.15rem}.product>.tile{aspect-ratio:16/9}.top nav ul{gap:.25rem .8rem}.lines>li{grid-template-columns:3.5rem 1fr auto}.cards{grid-template-columns:1fr 1fr;gap:.7rem}.tile{font-size:2.4rem}.form .pair{grid-template-columns:1fr}th,td{padding:.45rem .5rem}dt{flex-basis:7rem}}
${Array.from({ length: HUES }, (_, n) => `.hue-${n}{--hue:${(n * 360) / HUES}}`).join("")}
`.trim();
