# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 0 · Empezar
#
# *Antes del tutorial.* · **20 min** (15 de recorrido + 5 de ejercicios)
#
# **Al terminar** sabrás que tu instalación funciona, habrás votado una vez a través de todo el sistema que vas a construir,
# y conocerás las herramientas del cuaderno: comprobaciones, pistas, test y reinicio.
#
# **Antes:** nada. Si no conoces JupyterLab: una celda se ejecuta con <kbd>Mayús</kbd> + <kbd>Intro</kbd>, y se ejecutan
# de arriba abajo.

# %% [markdown] lang="en"
# # 0 · Start
#
# *Before the tutorial.* · **20 min** (15 walking through + 5 of exercises)
#
# **By the end** you will know that your installation works, you will have voted once through the whole system that you are
# going to build, and you will know the workbook's tools: checks, hints, quiz and reset.
#
# **Before:** nothing. If you do not know JupyterLab: a cell runs with <kbd>Shift</kbd> + <kbd>Enter</kbd>, and cells are run
# from top to bottom.

# %% [markdown] lang="es"
# ## El mapa
#
# | Lección | Minutos | Qué construyes y qué ves |
# |---|---|---|
# | 0 · Empezar | 20 | estás aquí |
# | [1 · Qué es Kinesis](01_kinesis.ipynb) | 35 | shards y partition keys; 10 000 votos con tres claves |
# | [2 · Crear el stream](02_stream.ipynb) | 30 | el stream, sus shards, y leer desde donde quieras |
# | [3 · El productor](03_producer.ipynb) | 50 | la función que recibe votos por HTTP y los mete en el stream |
# | [4 · El consumidor](04_consumer.ipynb) | 40 | la función que cuenta votos en una tabla de DynamoDB |
# | [5 · Conectar el stream con el consumidor: el trigger](05_trigger.ipynb) | 45 | lo que los une; votos que se cuentan solos, en vivo |
# | 6 · Los logs | en camino | qué dejó dicho cada función, y dos averías clásicas |
# | 7 · Buenas prácticas | en camino | shards, reintentos, lotes fallidos, contar una sola vez |
# | [8 · El panel en vivo](08_dashboard.ipynb) | 50 | la clase vota con el móvil; recuento final |
# | [9 · Limpiar](09_cleanup.ipynb) | 30 | borrarlo todo, y comprobarlo |
#
# Cada lección se puede abrir la primera: su celda de conexión crea lo que debieron dejar las anteriores. Las palabras
# nuevas están en el [glosario](glossary.ipynb).

# %% [markdown] lang="en"
# ## The map
#
# | Lesson | Minutes | What you build and what you see |
# |---|---|---|
# | 0 · Start | 20 | you are here |
# | [1 · What Kinesis is](01_kinesis.ipynb) | 35 | shards and partition keys; 10,000 votes with three keys |
# | [2 · Create the stream](02_stream.ipynb) | 30 | the stream, its shards, and reading from wherever you want |
# | [3 · The producer](03_producer.ipynb) | 50 | the function that takes votes over HTTP and puts them in the stream |
# | [4 · The consumer](04_consumer.ipynb) | 40 | the function that counts votes in a DynamoDB table |
# | [5 · Connect the stream to the consumer: the trigger](05_trigger.ipynb) | 45 | what joins them; votes that count themselves, live |
# | 6 · The logs | on the way | what each function left written, and two classic breakdowns |
# | 7 · Good practices | on the way | shards, retries, failed batches, counting once only |
# | [8 · The live dashboard](08_dashboard.ipynb) | 50 | the class votes by phone; the final tally |
# | [9 · Clean up](09_cleanup.ipynb) | 30 | everything deleted, and proved |
#
# Any lesson can be opened first: its connecting cell builds what earlier ones should have left. New words are in the
# [glossary](glossary.ipynb).

# %% [markdown] lang="es"
# ## ¿Está todo instalado?
#
# Estas son las opciones de la lección, iguales en todas. No hace falta cambiar nada: `target = "local"` quiere decir que
# trabajas en este ordenador.

# %% [markdown] lang="en"
# ## Is everything installed?
#
# These are the lesson's options, the same in all of them. Nothing needs changing: `target = "local"` means that you work on
# this computer.

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # the start of every resource's name
locale: str = "{{locale}}"  # es | en

# %% [markdown] lang="es"
# La celda siguiente mira Python, los paquetes y JupyterLab. Si contesta `No module named 'helpers'`, el kernel no es el del
# cuaderno: cierra JupyterLab y ábrelo desde la carpeta del cuaderno con `make lab` (o `python -m helpers lab`, con su
# entorno activado).

# %% [markdown] lang="en"
# The next cell looks at Python, the packages and JupyterLab. If it answers `No module named 'helpers'`, the kernel is not
# the workbook's: close JupyterLab and open it from the workbook's folder with `make lab` (or `python -m helpers lab`, with
# its environment active).

# %%
from helpers import check_installation

check_installation(locale)

# %% [markdown] lang="es"
# Una ✗ trae al lado qué hacer. Con todo en ✓, queda por ver si la página y Python se entienden, porque los botones y los
# gráficos dependen de eso:

# %% [markdown] lang="en"
# A ✗ comes with what to do. With ✓ everywhere, it remains to be seen whether the page and Python understand each other,
# since buttons and charts depend on it:

# %%
from helpers import SignOfLife

SignOfLife()

# %% [markdown] lang="es"
# El primer gráfico tarda unos segundos. En JupyterLab debes ver tres cosas: un recuadro **verde**, una barra azul, y la
# barra que sube y baja al mover el control (con el ratón o con las flechas del teclado). Si el recuadro se queda naranja o solo sale texto, recarga la página; si
# sigue igual, JupyterLab no es el del cuaderno: ciérralo y ábrelo con `make lab`.

# %% [markdown] lang="en"
# The first chart takes some seconds. In JupyterLab you should see three things: a **green** frame, a blue bar, and the bar going up and down as you move the
# slider (with the mouse or the arrow keys). If the frame stays orange or there is only text, reload the page; if that does
# not help, JupyterLab is not the workbook's: close it and open it with `make lab`.

# %% [markdown] lang="es"
# ## La región
#
# **Esta celda se ejecuta primero en todas las lecciones.** Arranca la región si hace falta, te dice dónde estás y crea lo
# que falte de lecciones anteriores. Hoy necesitamos el sistema entero, así que si es la primera vez lo construirá todo con
# las celdas de las lecciones 2 a 5: ten un poco de paciencia.

# %% [markdown] lang="en"
# ## The region
#
# **This cell is run first in every lesson.** It starts the region if need be, tells you where you are, and builds whatever
# is missing from earlier lessons. Today we need the whole system, so the first time it builds everything with the cells of
# lessons 2 to 5: be a little patient.

# %% tags=["first"]
from helpers import begin

lesson = await begin("00_start", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# AWS divide el mundo en **regiones**. Este cuaderno trae una de bolsillo: un programa que contesta a las mismas llamadas que
# AWS, en este ordenador. No sale a internet, no pide cuenta y no cuesta nada. Preguntémosle quiénes somos, con **boto3**, la
# biblioteca de AWS para Python:

# %% [markdown] lang="en"
# AWS divides the world into **regions**. This workbook brings a pocket one: a program that answers the same calls as AWS, on
# this computer. It does not go out to the internet, asks for no account, and costs nothing. Let us ask it who we are, with
# **boto3**, AWS's library for Python:

# %%
import boto3

from helpers import t
from helpers.region import process

identity = boto3.client("sts").get_caller_identity()
print(t("lesson_00.who", account=identity["Account"], arn=identity["Arn"]))
if target == "local":
    region = process.status()
    facts = {"memory": round(region["memory_bytes"] / 1e6), "children": region["children"]}
    print(t("lesson_00.process", pid=region["pid"], **facts))
else:
    print(t("lesson_00.not_local"))

# %% [markdown] lang="es"
# Es un **proceso aparte** del kernel: reinicia el kernel o abre otra lección, y lo encontrarás igual. Se para solo tras 12
# horas sin peticiones, y entonces olvida lo que contenía, porque lo guarda en memoria; la celda de arriba lo reconstruye.
#
# ¿Y quién puede usarla? Quien firme con la clave que se creó al arrancar, guardada en un archivo que solo tú puedes leer.
# Con una clave inventada:

# %% [markdown] lang="en"
# It is a **process apart** from the kernel: restart the kernel or open another lesson, and there it still is. It stops by
# itself after 12 hours without requests, and then forgets what it held, since it keeps it in memory; the cell above builds
# it again.
#
# And who may use it? Whoever signs with the key that was made when it started, kept in a file that only you can read. With a
# made-up key:

# %%
from botocore.exceptions import ClientError

intruder = boto3.client("sts", aws_access_key_id="AKIAMADEUP", aws_secret_access_key="made-up")
try:
    intruder.get_caller_identity()
except ClientError as error:
    print(error.response["Error"]["Code"], "·", error.response["Error"]["Message"])

# %% [markdown] lang="es"
# Fuera. **Una advertencia**: la región ejecuta de verdad el código de tus funciones, con tus permisos en este ordenador. No
# es una jaula: no despliegues en ella código del que no te fíes.
#
# ## Un voto, de punta a punta
#
# Esto es lo que vas a construir: un voto entra por una dirección web, una función lo mete en el stream, otra lo saca y lo
# suma en una tabla. Buscamos la dirección y escribimos dos funciones, una para votar y otra para leer la tabla:

# %% [markdown] lang="en"
# Out. **A warning**: the region really runs your functions' code, with your permissions on this computer. It is not a cage:
# do not deploy code in it that you do not trust.
#
# ## One vote, end to end
#
# This is what you are going to build: a vote comes in at a web address, a function puts it in the stream, another takes it
# out and adds it up in a table. We look for the address and write two functions, one to vote and one to read the table:

# %%
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

apis = boto3.client("apigatewayv2").get_paginator("get_apis").paginate()
api = next(api for page in apis for api in page["Items"] if api["Name"] == lesson.names.api)


def post_vote(code):
    body = json.dumps({"vote": code}).encode()
    request = Request(f"{api['ApiEndpoint']}/vote", body, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=35) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


# %%
dynamodb = boto3.client("dynamodb")


def read_counts():
    rows = dynamodb.scan(TableName=lesson.names.table, ConsistentRead=True)["Items"]
    return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows}


# %%
from helpers import LiveChart

chart = LiveChart(read_counts).start()
chart

# %% [markdown] lang="es"
# El gráfico pregunta a la tabla cada segundo. Mándale un voto y míralo:

# %% [markdown] lang="en"
# The chart asks the table every second. Send a vote and watch it:

# %%
before = sum(read_counts().values())
print(*post_vote("VER"))
counts = await chart.show_until(lambda counts: sum(counts.values()) > before, timeout=120)
print(t("lesson_00.counted", before=before, after=sum(counts.values())))

# %% [markdown] lang="es"
# La API contestó enseguida que lo había recibido, y el recuento llegó un momento después: nadie esperó a nadie. Esa es la
# gracia de un stream.
#
# Ahora tú. Cada voto que mandes con el formulario hace el mismo camino; sube a mirar el gráfico.

# %% [markdown] lang="en"
# The API answered right away that it had received it, and the count came a moment later: nobody waited for anybody. That is
# the beauty of a stream.
#
# Now you. Each vote that you send with the form goes the same way; scroll up to the chart.

# %%
from helpers import VoteForm

VoteForm(post_vote)

# %% [markdown] lang="es"
# ## Cómo se usa una lección
#
# **Ejercicios y comprobaciones.** Donde veas `...`, escribes tú. La celda de debajo mira lo que has hecho *de verdad* en la
# región y contesta. Si algo no está bien, el cuaderno se para ahí y te da una pista; cada intento, una más. Nada se puntúa.
#
# ## Ejercicio · Falla primero
#
# Ejecuta las dos celdas tal como están: verás fallar una comprobación. Después pon entre comillas el **código** de tu
# piloto favorito (prueba antes con su nombre, y verás otra pista), vota por él en el formulario si aún no lo has hecho, y
# ejecútalas otra vez.
#
# <details><summary>Pista</summary>
#
# Las pistas se despliegan así. El código son tres letras: <code>"VER"</code>, por ejemplo.
#
# </details>

# %% [markdown] lang="en"
# ## How to use a lesson
#
# **Exercises and checks.** Where you see `...`, you write. The cell below looks at what you *really* made in the region and
# answers. If something is not right, the notebook stops there and gives you a hint; each attempt, one more. Nothing is
# marked.
#
# ## Exercise · Fail first
#
# Run the two cells as they are: you will see a check fail. Then put the **code** of your favourite driver in quotes (try the
# name first, and you will see another hint), vote for that driver in the form unless you already have, and run them again.
#
# <details><summary>Hint</summary>
#
# Hints unfold like this. The code is three letters: <code>"VER"</code>, for example.
#
# </details>

# %% tags=["exercise"]
# stub
# favourite = ...
# solution
favourite = "VER"
# end

# %%
await lesson.check("favourite", favourite=favourite)

# %% [markdown] lang="es"
# Con la respuesta buena, el recuadro sale en verde. La solución está plegada debajo de cada ejercicio: úsala cuando te
# atasques, no antes.
#
# **El test.** Tres preguntas al final de cada lección. Elige y pulsa *Comprobar*: la respuesta explica por qué.

# %% [markdown] lang="en"
# With the right answer the frame is green. The solution is folded below every exercise: use it when you are stuck, not
# before.
#
# **The quiz.** Three questions at the end of each lesson. Choose and press *Check*: the answer says why.

# %%
lesson.quiz()

# %% [markdown] lang="es"
# **Cuando algo se tuerce**
#
# | Qué pasa | Qué haces |
# |---|---|
# | Una celda no acaba | menú *Kernel* → *Interrupt Kernel* |
# | Los botones no contestan tras reiniciar el kernel | ejecuta la celda de conexión y las que siguen |
# | Falta algo que hizo otra lección | ejecuta la celda de conexión: lo crea |
# | Quieres empezar de cero | en una celda nueva: `from helpers.region import process; process.reset()` |
# | Quieres apagar la región | en una celda nueva: `process.stop()`; la celda de conexión la arranca otra vez |
#
# `reset` y `stop` son de la región local y no tocan AWS. Para borrar lo creado en AWS está la lección 9.
#
# Y una foto fija del gráfico, que es lo que se conserva al guardar el cuaderno:

# %% [markdown] lang="en"
# **When something goes wrong**
#
# | What happens | What you do |
# |---|---|
# | A cell does not end | menu *Kernel* → *Interrupt Kernel* |
# | Buttons do not answer after a kernel restart | run the connecting cell and those after it |
# | Something that another lesson made is missing | run the connecting cell: it builds it |
# | You want to start from scratch | in a new cell: `from helpers.region import process; process.reset()` |
# | You want the region off | in a new cell: `process.stop()`; the connecting cell starts it again |
#
# `reset` and `stop` belong to the local region and do not touch AWS. To delete what was made on AWS there is lesson 9.
#
# And a still of the chart, which is what stays when the notebook is saved:

# %%
chart.snapshot()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - La región local es un proceso de este ordenador que habla como AWS; boto3 no nota la diferencia. Es gratis.
# - La celda de conexión va primero, y siempre después de reiniciar el kernel. Crea lo que falte.
# - Las comprobaciones miran recursos de verdad y dan pistas. La solución está plegada.
#
# **Siguiente:** [1 · Qué es Kinesis](01_kinesis.ipynb).

# %% [markdown] lang="en"
# ## Key points
#
# - The local region is a process of this computer that speaks like AWS; boto3 does not notice. It is free.
# - The connecting cell comes first, and always after restarting the kernel. It builds what is missing.
# - Checks look at real resources and give hints. The solution is folded.
#
# **Next:** [1 · What Kinesis is](01_kinesis.ipynb).

# %%
lesson.finish()
