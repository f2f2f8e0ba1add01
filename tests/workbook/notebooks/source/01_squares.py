# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 1. Cuadrados
#
# Una lección pequeña con la que se prueban las herramientas.
#
# ![Un cuadrado](../pictures/square.svg)

# %% [markdown] lang="en"
# # 1. Squares
#
# A small lesson that the tools are tested with.
#
# ![A square](../pictures/square.svg)

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # in front of every name
locale: str = "{{locale}}"  # es | en

# %% tags=["first"]
import asyncio

import ipywidgets
import plotly.graph_objects as go


class CheckFailed(Exception):
    def _render_traceback_(self):
        return [f"CheckFailed: {self}"]


# %% tags=["builds"] builds="numbers"
numbers = [1, 2, 3]

# %% [markdown] lang="es"
# ### Ejercicio
# Eleva cada número al cuadrado.

# %% [markdown] lang="en"
# ### Exercise
# Square each number.

# %% tags=["exercise", "builds"]
# stub
# # one square per number
# squares = ...
# solution
squares = [number**2 for number in numbers]
# end
print(prefix, locale, squares)

# %%
if squares is ...:
    raise CheckFailed({"es": "Falta la lista.", "en": "The list is missing."}[locale])

# %%
clicks = ipywidgets.IntText(0)
button = ipywidgets.Button(description="+1")
button.on_click(lambda _: setattr(clicks, "value", clicks.value + 1))
ipywidgets.HBox([button, clicks])

# %%
chart = go.FigureWidget(go.Bar(x=numbers, y=[0, 0, 0]))
chart

# %%
await asyncio.sleep(0)
chart.data[0].y = squares
button.click()
button.click()

# %%
go.Figure(chart)
