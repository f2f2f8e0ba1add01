# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 5 · Conectar el stream con el consumidor: el trigger
#
# *Tutorial, sección 5: «Conectar Kinesis con Lambda (Trigger)».* · **45 min** (30 de recorrido + 15 de ejercicios)
#
# **Al terminar** los votos se contarán solos. Habrás visto con tus ojos qué votos se pierden con `LATEST` y cuáles se
# cuentan dos veces con `TRIM_HORIZON`, y sabrás manejar el tamaño de los lotes.
#
# **Antes:** las lecciones 2, 3 y 4. Si te has saltado alguna, la primera celda crea lo que falte.

# %% [markdown] lang="en"
# # 5 · Connect the stream to the consumer: the trigger
#
# *Tutorial, section 5: "Connect Kinesis to Lambda (Trigger)".* · **45 min** (30 walking through + 15 of exercises)
#
# **By the end** votes will be counted by themselves. You will have seen with your own eyes which votes `LATEST` loses and
# which ones `TRIM_HORIZON` counts twice, and you will know how to steer the size of the batches.
#
# **Before:** lessons 2, 3 and 4. If you skipped one, the first cell builds what is missing.

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # the start of every resource's name
locale: str = "{{locale}}"  # es | en

# %% [markdown] lang="es"
# **Ejecuta primero esta celda.** Conecta con la región, te dice dónde estás y crea lo que falte de lecciones anteriores.
# Puedes repetirla cuando quieras, y hazlo siempre después de reiniciar el kernel.

# %% [markdown] lang="en"
# **Run this cell first.** It connects to the region, tells you where you are, and builds whatever is missing from earlier
# lessons. Run it again whenever you like, and always after restarting the kernel.

# %% tags=["first"]
from helpers import begin

lesson = await begin("05_trigger", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# ## Quién lee el stream
#
# Tienes un stream con votos y una función que sabe contarlos, pero nadie los ha presentado. En la consola eso se llama
# [**trigger**](glossary.ipynb#cell-id=trigger); en la API de AWS es un **event source mapping**, un objeto de Lambda. Es él quien lee cada shard una y otra
# vez, junta registros en un lote (*batch*) y llama a la función con el lote. Ni Kinesis empuja, ni la función pregunta.
#
# Empezamos por los clientes y los nombres.

# %% [markdown] lang="en"
# ## Who reads the stream
#
# You have a stream with votes and a function that can count them, but nobody has introduced them. The console calls that a
# [**trigger**](glossary.ipynb#cell-id=trigger); in AWS's API it is an **event source mapping**, an object of Lambda's. It is the one that reads each shard
# again and again, gathers records into a batch, and calls the function with the batch. Kinesis does not push, and the
# function does not ask.
#
# We start with the clients and the names.

# %% tags=["builds"]
from datetime import UTC, datetime

import boto3

from helpers import t, until

kinesis = boto3.client("kinesis")
lambda_client = boto3.client("lambda")

stream_name = f"{prefix}-stream"
consumer_name = f"{prefix}-consumer"
stream_arn = kinesis.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"]["StreamARN"]

# %% [markdown] lang="es"
# ## La llamada
#
# Estos son los datos que pide el tutorial y uno más, la ventana; llevará también nuestras etiquetas:
#
# | Parámetro | Aquí | Qué significa |
# |---|---|---|
# | `BatchSize` | 100 | como mucho, tantos registros por invocación |
# | `MaximumBatchingWindowInSeconds` | 0 | como mucho, tantos segundos esperando a que el lote se llene |
# | `StartingPosition` | lo que vamos a probar | por qué registro de cada shard se empieza |
#
# Con la ventana a cero, cada vez que el trigger mira un shard se lleva lo que haya. Con una ventana mayor, la función se
# invoca en cuanto se cumple una de las dos cosas: lote lleno o tiempo agotado. Si el rol acaba de crearse, AWS puede contestar durante unos segundos que no tiene permiso para leer el stream: mostramos lo que dice y lo intentamos
# otra vez. Y si el trigger ya existe, lo dice y seguimos con él.

# %% [markdown] lang="en"
# ## The call
#
# This is what the tutorial asks for and one thing more, the window; it will bear our tags too:
#
# | Parameter | Here | What it means |
# |---|---|---|
# | `BatchSize` | 100 | at most so many records an invocation |
# | `MaximumBatchingWindowInSeconds` | 0 | at most so many seconds waiting for the batch to fill up |
# | `StartingPosition` | what we are about to try | the record of each shard to start at |
#
# With a window of zero, each look at a shard takes whatever is there. With a longer one, the function is invoked when the
# first of the two happens: the batch is full or the time is up. If the role has just been created, AWS may answer for some seconds that it may not read the stream: we show what it says and try again. And if the
# trigger is already there, it says so and we carry on with it.


# %% tags=["builds"]
def create_trigger(**start):
    try:
        lambda_client.create_event_source_mapping(
            EventSourceArn=stream_arn,
            FunctionName=consumer_name,
            BatchSize=100,
            MaximumBatchingWindowInSeconds=0,
            Tags=lesson.names.tags,
            **start,
        )
    except lambda_client.exceptions.ResourceConflictException as error:
        print(error.response["Error"]["Message"])
    except lambda_client.exceptions.InvalidParameterValueException as error:
        print(error.response["Error"]["Message"])
        return False
    return True


# %% [markdown] lang="es"
# Y dos preguntas que haremos a menudo: cómo está el trigger de este stream y esta función, y si ya lee. (Un trigger que
# alguien dejó desactivado se vuelve a activar.)

# %% [markdown] lang="en"
# And two questions that we will ask often: how is the trigger of this stream and this function, and does it read yet. (A
# trigger that somebody left disabled is enabled again.)


# %% tags=["builds"]
def find_trigger():
    found = lambda_client.list_event_source_mappings(EventSourceArn=stream_arn, FunctionName=consumer_name)
    return next(iter(found["EventSourceMappings"]), None)


def trigger_enabled():
    trigger = find_trigger()
    if trigger and trigger["State"] == "Disabled":
        lambda_client.update_event_source_mapping(UUID=trigger["UUID"], Enabled=True)
    return bool(trigger) and trigger["State"] == "Enabled"


# %% [markdown] lang="es"
# ## Preparar el experimento
#
# Vamos a crear el trigger tres veces, así que hace falta poder borrarlo. También es una orden que tarda: el estado pasa a
# `Deleting` y luego el trigger desaparece. Mientras cambia de estado no admite otra orden, por eso preguntamos antes.

# %% [markdown] lang="en"
# ## Set up the experiment
#
# We are going to create the trigger three times, so we need a way to delete it. That order takes its time too: the state
# turns `Deleting` and then the trigger is gone. While its state changes it takes no other order, so we look first.


# %%
def trigger_gone():
    trigger = find_trigger()
    if trigger and trigger["State"] in ("Enabled", "Disabled"):
        lambda_client.delete_event_source_mapping(UUID=trigger["UUID"])
    return trigger is None


await until(trigger_gone, timeout=180, what=t("lesson_05.gone"))

# %% [markdown] lang="es"
# De la lección 4 traemos dos funciones: leer la tabla entera, que tiene una fila por piloto, y dejarla vacía.

# %% [markdown] lang="en"
# From lesson 4 we bring two functions: one reads the whole table, which has one row a driver, and one empties it.

# %%
dynamodb = boto3.client("dynamodb")
table_name = f"{prefix}-results"


def read_counts():
    rows = dynamodb.scan(TableName=table_name, ConsistentRead=True)["Items"]
    return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows}


def empty_table():
    for option in read_counts():
        dynamodb.delete_item(TableName=table_name, Key={"option_id": {"S": option}})


empty_table()
read_counts()

# %% [markdown] lang="es"
# Por último, una forma de votar sin rodeos: directamente al stream. Todos los votos del experimento llevan la **misma
# partition key**, así que van al mismo shard y ahí hay un orden. Nos servirá de prueba.

# %% [markdown] lang="en"
# Last, a way to vote without detours: straight into the stream. All votes of the experiment carry the **same partition
# key**, so they go to the same shard, and there they have an order. It will serve us as proof.

# %%
import asyncio
import json


def put_vote(code):
    kinesis.put_record(StreamName=stream_name, Data=json.dumps({"vote": code}), PartitionKey="experiment")


# %% [markdown] lang="es"
# ## Experimento 1: `LATEST`
#
# `LATEST` dice «solo lo nuevo». La celda crea el trigger y, **sin esperar a que esté listo**, emite cinco votos.
#
# **Apuesta antes de ejecutarla:** ¿cuántos de los cinco se contarán?

# %% [markdown] lang="en"
# ## Experiment 1: `LATEST`
#
# `LATEST` says "only what is new". The cell creates the trigger and, **without waiting for it to be ready**, casts five
# votes.
#
# **Place your bet before you run it:** how many of the five will be counted?

# %%
from helpers import Prediction

first_bet = Prediction({"early": t("lesson_05.predict.early")}, range(6))
first_bet

# %%
await until(lambda: create_trigger(StartingPosition="LATEST"), every=2, what="create_event_source_mapping")
for code in ("VER", "VER", "NOR", "LEC", "PIA"):
    put_vote(code)
trigger = find_trigger()
print(trigger["State"], "|", trigger["LastProcessingResult"])

# %% [markdown] lang="es"
# `Creating`: la llamada ha vuelto, pero todavía nadie lee. Y `No records processed`: no ha procesado nada. Los cinco votos
# ya están en el stream. Esperamos a `Enabled` (aquí, dos segundos; en AWS, hasta un minuto).

# %% [markdown] lang="en"
# `Creating`: the call has returned, but nobody reads yet. And `No records processed`: just that. The five votes are in the
# stream already. We wait for `Enabled` (two seconds here; up to a minute on AWS).

# %%
await until(trigger_enabled, timeout=180, what="Enabled")

# %% [markdown] lang="es"
# Ahora emitimos un voto más, por Hamilton, y miramos la tabla tres segundos después. En AWS, `Enabled` puede llegar un
# poco antes que el lector: por eso repetimos hasta que se cuente alguno.

# %% [markdown] lang="en"
# Now we cast one more vote, for Hamilton, and look at the table three seconds later. On AWS `Enabled` may come a little
# before the reader does: so we repeat until one is counted.


# %%
async def vote_and_look():
    put_vote("HAM")
    await asyncio.sleep(3)
    return read_counts()


await until(vote_and_look, timeout=180, what=t("lesson_05.first_counted"))
counts = read_counts()
print(counts)
print(find_trigger()["State"], "|", find_trigger()["LastProcessingResult"])
first_bet.compare({"early": sum(counts.values()) - counts.get("HAM", 0)})

# %% [markdown] lang="es"
# Solo está Hamilton. Los cinco primeros votos **no se contarán nunca** con este trigger: van por delante del de Hamilton en
# el mismo shard, y el lector ya está más allá. No hay error en ninguna parte: `LastProcessingResult` dice `OK`, y tiene
# razón, porque todo lo que ha leído lo ha procesado bien.
#
# `LATEST` significa «desde que el lector arranca de verdad», no «desde que lo pediste».

# %% [markdown] lang="en"
# Only Hamilton is there. With this trigger the first five votes will **never be counted**: they come before Hamilton's in
# the same shard, and the reader is already past them. There is no error anywhere: `LastProcessingResult` says `OK`, and
# rightly, since all that it read was processed well.
#
# `LATEST` means "from when the reader really starts", not "from when you asked for it".

# %% [markdown] lang="es"
# ## Experimento 2: `TRIM_HORIZON`
#
# Los votos perdidos siguen en el stream: leer no borra, y se conservan 24 horas. `TRIM_HORIZON` empieza por el más antiguo.
# La posición solo se elige al crear el trigger, así que hay que borrarlo y crear otro.
#
# Primero contamos cuántos registros hay en el stream, como en la lección 2: un iterador en cada shard, y avanzar hasta
# que no quede nada por delante (`MillisBehindLatest` a cero).

# %% [markdown] lang="en"
# ## Experiment 2: `TRIM_HORIZON`
#
# The lost votes are still in the stream: reading deletes nothing, and they are kept for 24 hours. `TRIM_HORIZON` starts at
# the oldest. The position is chosen only when the trigger is created, so we have to delete it and create another.
#
# First we count the records in the stream, as in lesson 2: an iterator in each shard, and on until there is nothing ahead
# (`MillisBehindLatest` at zero).


# %%
def records_in(shard_id):
    asked = {"StreamName": stream_name, "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON"}
    iterator, behind, found = kinesis.get_shard_iterator(**asked)["ShardIterator"], 1, 0
    while iterator and behind:
        answer = kinesis.get_records(ShardIterator=iterator)
        iterator, behind = answer.get("NextShardIterator"), answer["MillisBehindLatest"]
        found += len(answer["Records"])
    return found


# %%
shards = kinesis.list_shards(StreamName=stream_name)["Shards"]
in_stream = sum(records_in(shard["ShardId"]) for shard in shards)
in_table = sum(read_counts().values())
print(t("lesson_05.stream_and_table", stream=in_stream, table=in_table))

# %% [markdown] lang="es"
# Están los del experimento y los que hubiera de otras lecciones. **Apuesta otra vez:** borramos el trigger y creamos otro
# con `TRIM_HORIZON`, *sin tocar la tabla*.

# %% [markdown] lang="en"
# There are those of the experiment, and whatever other lessons left. **Place another bet:** we delete the trigger and
# create another with `TRIM_HORIZON`, *leaving the table alone*.

# %%
second_bet = Prediction({"table": t("lesson_05.predict.table")}, [in_table, in_stream, in_stream + in_table])
second_bet

# %%
await until(trigger_gone, timeout=180, what=t("lesson_05.gone"))
await until(
    lambda: create_trigger(StartingPosition="TRIM_HORIZON"), every=2, what="create_event_source_mapping"
)
await until(trigger_enabled, timeout=180, what="Enabled")

# %% [markdown] lang="es"
# Está activo. Le damos tiempo a leerlo todo y miramos.

# %% [markdown] lang="en"
# It is enabled. We give it time to read everything, and look.

# %%
await until(
    lambda: sum(read_counts().values()) >= in_stream + in_table, timeout=120, what=t("lesson_05.reread")
)
counts = read_counts()
print(counts)
second_bet.compare({"table": sum(counts.values())})

# %% [markdown] lang="es"
# La tabla suma lo que ya tenía **más** todo lo que había en el stream. Los cinco votos perdidos están contados por fin, pero
# el de Hamilton se contó con el primer trigger y **se ha contado otra vez** con el segundo. Un trigger nuevo no sabe por dónde iba el anterior. Cada vez que recrees uno con
# `TRIM_HORIZON` releerá todo lo que el stream conserve, y un consumidor que suma volverá a sumar.
#
# | Empezar por | Peligro |
# |---|---|
# | `LATEST` | pierde lo que llegue antes de que el lector arranque |
# | `TRIM_HORIZON` | vuelve a leer todo lo retenido |
#
# La lección 7 enseña a escribir un consumidor que no se equivoca aunque lea dos veces lo mismo.

# %% [markdown] lang="en"
# The table adds up to what it had **plus** all that was in the stream. The five lost votes are counted at last, but
# Hamilton's was counted with the first trigger and **counted again** with the second. A new trigger does not know how far the old one got. Every time you recreate one with
# `TRIM_HORIZON` it reads again all that the stream keeps, and a consumer that adds will add again.
#
# | Start at | Danger |
# |---|---|
# | `LATEST` | loses what arrives before the reader starts |
# | `TRIM_HORIZON` | reads again all that is retained |
#
# Lesson 7 teaches how to write a consumer that stays right even if it reads the same thing twice.

# %% [markdown] lang="es"
# ## Se abre la votación
#
# Para una votación queremos «todo lo que llegue desde ahora, y nada de antes»: ni perder los primeros votos ni contar los
# de ayer. Hay una tercera posición, `AT_TIMESTAMP`: empieza por el primer registro que llegó a esa hora o después. Da igual
# cuánto tarde el lector en arrancar, porque la hora ya está fijada.
#
# Dejamos todo limpio: sin trigger, la tabla a cero, y una lista vacía, `sent`, donde apuntaremos cada voto enviado.

# %% [markdown] lang="en"
# ## The polls open
#
# For an election we want "all that arrives from now on, and nothing from before": neither lose the first votes nor count
# yesterday's. There is a third position, `AT_TIMESTAMP`: it starts at the first record that arrived at that time or later.
# How long the reader takes to start does not matter, since the time is already fixed.
#
# We leave everything clean: no trigger, the table at zero, and an empty list, `sent`, where we will note every vote sent.

# %%
await until(trigger_gone, timeout=180, what=t("lesson_05.gone"))
empty_table()
sent = []
read_counts()

# %% [markdown] lang="es"
# Y ahora el trigger definitivo. La hora de apertura se fija **antes** de crearlo.

# %% [markdown] lang="en"
# And now the trigger that is to stay. The opening time is fixed **before** it is created.

# %% tags=["builds"] builds="trigger"
opened_at = datetime.now(UTC)
await until(
    lambda: create_trigger(StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=opened_at),
    every=2,
    what="create_event_source_mapping",
)
await until(trigger_enabled, timeout=180, what="Enabled")

# %%
trigger = find_trigger()
for name in ("State", "StartingPosition", "StartingPositionTimestamp", "BatchSize"):
    print(f"{name:26}", trigger[name])
print(read_counts())

# %% [markdown] lang="es"
# Activo, y la tabla sigue a cero: los votos del experimento quedan antes de la hora de apertura.
#
# ## El camino entero
#
# Ahora votamos como votaría cualquiera: con un POST a la API de la lección 3. De ahí a la función productora, al stream, al
# trigger, al consumidor y a la tabla. Solo apuntamos en `sent` los votos que la API acepta con un 200.

# %% [markdown] lang="en"
# Enabled, and the table is still at zero: the votes of the experiment fall before the opening time.
#
# ## All the way
#
# Now we vote as anyone would: with a POST to lesson 3's API. From there to the producer function, the stream, the trigger,
# the consumer and the table. We note in `sent` only the votes that the API accepts with a 200.

# %%
import urllib.error
import urllib.request

pages = boto3.client("apigatewayv2").get_paginator("get_apis").paginate()
api = next(api for page in pages for api in page["Items"] if api["Name"] == f"{prefix}-api")
vote_url = f"{api['ApiEndpoint']}/vote"
print(vote_url)


# %%
def post_vote(code):
    vote = json.dumps({"vote": code}).encode()
    request = urllib.request.Request(vote_url, vote, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=35) as response:
            sent.append(code)
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


post_vote("VER")

# %% [markdown] lang="es"
# El formulario usa tu función `post_vote` y enseña la respuesta tal como llega. Envía un voto.

# %% [markdown] lang="en"
# The form uses your function `post_vote` and shows the answer as it comes. Send a vote.

# %%
from helpers import VoteForm

form = VoteForm(post_vote)
await form.send("NOR")
form

# %% [markdown] lang="es"
# ¿Y un voto que no está en la papeleta? En la lista no se puede elegir, pero cualquiera puede mandar lo que quiera a una
# URL. Lo enviamos desde el código; mira también el formulario de arriba.

# %% [markdown] lang="en"
# And a vote that is not on the ballot? The list does not offer it, but anyone can send anything to a URL. We send it from
# code; look at the form above as well.

# %%
await form.send("XYZ")
form.answer

# %% [markdown] lang="es"
# Un **400**, y la culpa es de quien pregunta: el productor lo ha rechazado, así que nunca llegó al stream ni está en
# `sent`.
#
# ## Botones y gráfico en vivo
#
# El gráfico llama a tu `read_counts` dos veces por segundo. Los botones llaman a `cast_vote`, que vota y protesta si la respuesta no
# es un 200. **Pulsa unos cuantos** y mira el gráfico.

# %% [markdown] lang="en"
# A **400**, the asker's fault: the producer refused it, so it never reached the stream, and it is not in `sent`.
#
# ## Buttons and a live chart
#
# The chart calls your `read_counts` twice a second. The buttons call `cast_vote`, which votes and complains if the answer is
# not a 200. **Press a few** and watch the chart.

# %%
from ipywidgets import VBox

from helpers import LiveChart, VoteButtons


def cast_vote(code):
    status, answer = post_vote(code)
    if status != 200:
        raise RuntimeError(f"HTTP {status}: {answer}")


buttons = VoteButtons(cast_vote)
chart = LiveChart(read_counts, every=0.5).start()
VBox([chart, buttons])

# %% [markdown] lang="es"
# Para quien lee sin pulsar, esta celda pulsa tres botones por ti y espera a que el gráfico lo refleje.

# %% [markdown] lang="en"
# For those who read without pressing, this cell presses three buttons for you and waits until the chart shows it.


# %%
def all_counted(counts):
    return sum(counts.values()) >= len(sent)


for code in ("VER", "LEC", "VER"):
    await buttons.click(code)
await chart.show_until(all_counted, timeout=120)

# %% [markdown] lang="es"
# Entre el clic y la barra pasa un segundo, más o menos. Casi todo es espera: lo que el trigger tarda en volver a mirar el
# shard (en AWS, hasta un segundo) y el medio segundo entre lecturas del gráfico.
#
# ## Una clase entera
#
# `Crowd` simula a 150 personas que votan a lo largo de ocho segundos con tu misma función. Esta celda muestra la barra, con
# el mismo gráfico debajo; la siguiente la echa a andar.

# %% [markdown] lang="en"
# About a second passes between the click and the bar. Nearly all of it is waiting: until the trigger looks at the shard
# again (up to a second on AWS), and the half second between the chart's readings.
#
# ## A whole class
#
# `Crowd` simulates 150 people who vote over eight seconds with that same function of yours. This cell shows the bar, with the
# same chart below it; the next one sets it going.

# %%
from helpers import Crowd, number

crowd = Crowd(cast_vote, voters=150, seconds=8)
VBox([crowd, chart])

# %%
import time

crowd_began = round(time.time() * 1000)
tally = await crowd.run()
await chart.show_until(all_counted, timeout=120)
tally

# %% [markdown] lang="es"
# Los 150 votos ya están en la tabla, y no se han contado uno a uno. ¿En cuántas invocaciones?
#
# ## Los lotes, vistos en los logs
#
# El consumidor escribe una línea por invocación, `Counted 9 votes: …`. La buscamos en su grupo de CloudWatch Logs (la
# lección 6 va de eso). Los logs llegan con un poco de retraso, así que esperamos a que sumen lo enviado.

# %% [markdown] lang="en"
# The 150 votes are in the table already, and they were not counted one by one. In how many invocations?
#
# ## The batches, seen in the logs
#
# The consumer writes one line an invocation, `Counted 9 votes: …`. We look for it in its CloudWatch Logs group (lesson 6 is
# about that). Logs arrive a little late, so we wait until they add up to what was sent.

# %%
logs = boto3.client("logs")


def batch_sizes(since):
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{consumer_name}", startTime=since, filterPattern="Counted"
    )
    return [int(event["message"].split()[1]) for page in pages for event in page["events"]]


# %%
async def show_batches(since, votes):
    await until(lambda: sum(batch_sizes(since)) >= votes, timeout=120, what="filter_log_events")
    sizes = batch_sizes(since)
    print(t("lesson_05.batches", votes=sum(sizes), invocations=len(sizes)), sizes)


await show_batches(crowd_began, tally.sent.total())

# %% [markdown] lang="es"
# Cada número es un lote. Ninguno se acerca a 100: sin ventana, el trigger se lleva lo que haya. Y hay dos lectores, uno por
# shard, cada uno con sus lotes: **un lote nunca mezcla shards**, y por eso dentro de un shard se conserva el orden.
#
# Los dos mandos son `BatchSize` y `MaximumBatchingWindowInSeconds`. Lotes grandes: menos invocaciones que pagar y más
# espera. Lotes pequeños: al revés.

# %% [markdown] lang="en"
# Each number is a batch. None comes near 100: without a window the trigger takes what is there. And there are two readers, one a shard,
# each with its own batches: **a batch never mixes shards**, which is how order is kept within a shard.
#
# The two knobs are `BatchSize` and `MaximumBatchingWindowInSeconds`. Large batches: fewer invocations to pay for, and more
# waiting. Small batches: the other way round.

# %% [markdown] lang="es"
# ## Ejercicio 1 · Menos invocaciones
#
# Cambia los mandos para que otra clase igual se cuente en **6 invocaciones como mucho**, sin que la ventana pase de 15
# segundos. Pon en `changes` los parámetros y sus valores; la llamada ya está.
#
# <details><summary>Pista</summary>
#
# La clase vota durante ocho segundos. ¿Cuánto debe esperar el trigger para que casi todo quepa en un lote de cada shard?
# ¿Cuántos registros tendría ese lote?
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 1 · Fewer invocations
#
# Turn the knobs so that another class like that is counted in **6 invocations at most**, with a window no longer than
# 15 seconds. Put the parameters and their values in `changes`; the call is already there.
#
# <details><summary>Hint</summary>
#
# The class votes for eight seconds. How long must the trigger wait for nearly everything to fit in one batch of each shard?
# How many records would that batch have?
#
# </details>

# %% tags=["exercise"]
# stub
# changes = {}
# solution
changes = {"BatchSize": 200, "MaximumBatchingWindowInSeconds": 10}
# end
lambda_client.update_event_source_mapping(UUID=find_trigger()["UUID"], **changes)
await until(trigger_enabled, timeout=180, what="Enabled")

# %% [markdown] lang="es"
# El estado pasa por `Updating` y vuelve a `Enabled`; el lector sigue por donde iba. Que vote la clase:

# %% [markdown] lang="en"
# The state passes through `Updating` and returns to `Enabled`; the reader goes on from where it was. Let the class vote:

# %%
crowd = Crowd(cast_vote, voters=150, seconds=8, seed=11)
crowd

# %%
crowd_began = round(time.time() * 1000)
tally = await crowd.run()
voting_ended = time.time()
await chart.show_until(all_counted, timeout=120)
print(t("lesson_05.waited", seconds=number(time.time() - voting_ended, 1)))
await show_batches(crowd_began, tally.sent.total())

# %%
await lesson.check("fewer_invocations", since=crowd_began, votes=tally.sent.total())

# %% [markdown] lang="es"
# Ese es el precio: con una ventana larga, los últimos votos tardan más en aparecer. Para una votación en directo
# preferimos verlos pronto, así que volvemos a los valores de antes.

# %% [markdown] lang="en"
# That is the price: with a long window the last votes take longer to show. For a live vote we would rather see them soon,
# so we go back to the values from before.

# %%
lambda_client.update_event_source_mapping(
    UUID=find_trigger()["UUID"], BatchSize=100, MaximumBatchingWindowInSeconds=0
)
await until(trigger_enabled, timeout=180, what="Enabled")

# %% [markdown] lang="es"
# ## Ejercicio 2 · Pausa sin perder votos
#
# En mitad de la votación hay que parar el recuento un momento, por ejemplo para cambiar el consumidor. Borrar el trigger ya
# sabes lo que trae. **Desactívalo**: el mismo `update_event_source_mapping`, con el parámetro `Enabled`. Deja la respuesta
# en `paused`.

# %% [markdown] lang="en"
# ## Exercise 2 · A pause that loses no votes
#
# In the middle of the vote we must stop counting for a moment, say to change the consumer. You know what deleting the
# trigger leads to. **Disable it**: the same `update_event_source_mapping`, with the parameter `Enabled`. Leave the answer
# in `paused`.

# %% tags=["exercise"]
# stub
# paused = ...
# solution
paused = lambda_client.update_event_source_mapping(UUID=find_trigger()["UUID"], Enabled=False)
# end

# %%
await lesson.check("paused", paused=paused)

# %% [markdown] lang="es"
# Pasa por `Disabling` y acaba en `Disabled`. Con el recuento parado, votamos una vez por cada piloto y esperamos unos
# segundos.

# %% [markdown] lang="en"
# It passes through `Disabling` and ends in `Disabled`. With the count stopped, we vote once for each driver and wait some
# seconds.

# %%
from helpers import ballot

await until(lambda: find_trigger()["State"] == "Disabled", timeout=180, what="Disabled")
for driver in ballot():
    cast_vote(driver.code)
await asyncio.sleep(5)


# %%
def show_score():
    print(t("lesson_05.score", sent=len(sent), counted=sum(read_counts().values())))


show_score()

# %% [markdown] lang="es"
# La API sigue aceptando votos y el stream los guarda; solo falta quien los lea. (En AWS el estado cambia antes de que el
# lector se detenga del todo: puede que aún se cuele alguno.)
#
# **Actívalo otra vez** y deja la respuesta en `resumed`. Antes de ejecutar: ¿desde dónde crees que seguirá?

# %% [markdown] lang="en"
# The API goes on accepting votes and the stream keeps them; all that is missing is a reader. (On AWS the state changes
# before the reader stops altogether: one or two votes may still slip through.)
#
# **Enable it again** and leave the answer in `resumed`. Before you run it: where do you think it will go on from?

# %% tags=["exercise"]
# stub
# resumed = ...
# solution
resumed = lambda_client.update_event_source_mapping(UUID=find_trigger()["UUID"], Enabled=True)
# end

# %%
await lesson.check("resumed", resumed=resumed)

# %% [markdown] lang="es"
# Esperamos a `Enabled` y a que el gráfico cuente todo lo enviado.

# %% [markdown] lang="en"
# We wait for `Enabled`, and for the chart to count all that was sent.

# %%
await until(trigger_enabled, timeout=180, what="Enabled")
await chart.show_until(all_counted, timeout=120)
show_score()

# %% [markdown] lang="es"
# No se ha perdido ninguno. El mismo trigger recuerda hasta dónde leyó en cada shard (su *checkpoint*) y sigue desde ahí. La
# posición inicial solo cuenta la primera vez.
#
# ## ¿Cuadra?
#
# La prueba final de cualquier recuento: lo enviado contra lo contado, piloto a piloto.

# %% [markdown] lang="en"
# Not one was lost. The same trigger remembers how far it read in each shard (its *checkpoint*) and goes on from there. The
# starting position only matters the first time.
#
# ## Does it add up?
#
# The final test of any count: what was sent against what was counted, driver by driver.

# %%
from collections import Counter

counted = read_counts()
for code, votes in Counter(sent).most_common():
    print(f"{code:5}{votes:5}{counted.get(code, 0):5}", "✓" if votes == counted.get(code) else "✗")
show_score()

# %% [markdown] lang="es"
# Todos los votos que la API aceptó están en la tabla, una vez cada uno. En AWS lo normal es lo mismo, pero la promesa es
# «al menos una vez»: si una invocación falla a medias, el lote se repite. De eso se ocupa la lección 7.
#
# Así queda el gráfico, quieto, para guardarlo con el cuaderno:

# %% [markdown] lang="en"
# Every vote that the API accepted is in the table, once each. On AWS it is usually the same, but the promise is "at least
# once": if an invocation fails halfway, the batch is repeated. Lesson 7 takes care of that.
#
# This is the chart as it stands, still, to be saved with the notebook:

# %%
chart.stop()
chart.snapshot()

# %% [markdown] lang="es"
# ## Comprueba lo que sabes

# %% [markdown] lang="en"
# ## Check what you know

# %%
lesson.quiz()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - El trigger es un *event source mapping*: lee cada shard, junta lotes y llama a la función. `Creating` → `Enabled`, y
#   hasta entonces nadie lee.
# - `LATEST` pierde lo que llega antes de arrancar; `TRIM_HORIZON` relee todo; `AT_TIMESTAMP` fija la hora de apertura.
# - Un lote sale cuando está lleno o se agota la ventana, y nunca mezcla shards.
# - Desactivar y activar conserva el checkpoint; borrar y crear, no.
#
# **Siguiente:** [8 · El panel en vivo](08_dashboard.ipynb), donde vota la clase entera. (La 6, los logs, y la 7, buenas
# prácticas, están en preparación.)

# %% [markdown] lang="en"
# ## Key points
#
# - The trigger is an *event source mapping*: it reads each shard, gathers batches and calls the function. `Creating` →
#   `Enabled`, and until then nobody reads.
# - `LATEST` loses what arrives before it starts; `TRIM_HORIZON` reads everything again; `AT_TIMESTAMP` fixes the opening
#   time.
# - A batch leaves when it is full or its window is over, and never mixes shards.
# - Disabling and enabling keeps the checkpoint; deleting and creating does not.
#
# **Next:** [8 · The live dashboard](08_dashboard.ipynb), where the whole class votes. (6, the logs, and 7, good practices,
# are in preparation.)

# %%
lesson.finish()
