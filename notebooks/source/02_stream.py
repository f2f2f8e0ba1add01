# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 2 · Crear el stream
#
# *Tutorial, sección 2: «Crear un Stream en Kinesis».* · **30 min** (20 de recorrido + 10 de ejercicios)
#
# **Al terminar** habrás creado el stream de las votaciones, sabrás leer sus shards y sus rangos de hash, y habrás metido
# y sacado registros con cada tipo de iterador.
#
# **Antes:** ninguna lección es obligatoria; la 1 explica qué es un stream.

# %% [markdown] lang="en"
# # 2 · Create the stream
#
# *Tutorial, section 2: "Create a stream in Kinesis".* · **30 min** (20 walking through + 10 of exercises)
#
# **By the end** you will have created the stream for the votes, you will read its shards and their hash ranges, and you
# will have put records in and taken them out with every kind of iterator.
#
# **Before:** no lesson is required; lesson 1 explains what a stream is.

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

lesson = await begin("02_stream", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# ## El cliente y los nombres
#
# Todo lo que hacemos con Kinesis pasa por un cliente de **boto3**, igual que en AWS. El nombre del stream empieza por
# `prefix`, para que treinta personas puedan compartir una cuenta sin pisarse; con el prefijo de siempre es el del
# tutorial, `f1-vote-stream`. Las [**etiquetas**](glossary.ipynb#cell-id=tag) (*tags*) marcan todo lo que creemos: la última lección las usa para no
# dejarse nada.

# %% [markdown] lang="en"
# ## The client and the names
#
# Everything we do with Kinesis goes through a **boto3** client, just as on AWS. The stream's name starts with `prefix`, so
# that thirty people can share one account without stepping on each other; with the usual prefix it is the tutorial's,
# `f1-vote-stream`. The [**tags**](glossary.ipynb#cell-id=tag) mark everything we make: the last lesson uses them to leave nothing behind.

# %% tags=["builds"]
import json
import math
import time

import boto3

from helpers import number, t, until

kinesis = boto3.client("kinesis")
stream_name = f"{prefix}-stream"
tags = lesson.names.tags
print(stream_name, tags)

# %% [markdown] lang="es"
# ## Crear el stream
#
# El tutorial pide elegir un **modo de capacidad**:
#
# | Modo | Quién decide los shards | Cuándo conviene |
# |---|---|---|
# | [**On-demand**](glossary.ipynb#cell-id=on-demand) | AWS, según la carga | carga desconocida o con picos raros |
# | [**Provisioned**](glossary.ipynb#cell-id=provisioned) | tú | carga previsible; además permite experimentar |
#
# Aquí queremos ver los shards y moverlos, así que lo creamos *provisioned* con **2 shards**.
#
# Si el stream ya existe, AWS responde con un error. Lo atrapamos a la vista: así la celda se puede repetir.

# %% [markdown] lang="en"
# ## Create the stream
#
# The tutorial asks you to choose a **capacity mode**:
#
# | Mode | Who decides the shards | When it suits |
# |---|---|---|
# | [**On-demand**](glossary.ipynb#cell-id=on-demand) | AWS, by the load | unknown load, or rare peaks |
# | [**Provisioned**](glossary.ipynb#cell-id=provisioned) | you | predictable load; and it lets us experiment |
#
# Here we want to see the shards and move them, so we create it *provisioned* with **2 shards**.
#
# If the stream is already there, AWS answers with an error. We catch it in the open: that makes the cell repeatable.

# %% tags=["builds"] builds="stream"
try:
    kinesis.create_stream(
        StreamName=stream_name,
        ShardCount=2,
        StreamModeDetails={"StreamMode": "PROVISIONED"},
        Tags=tags,
    )
except kinesis.exceptions.ResourceInUseException as error:
    print(error.response["Error"]["Message"])

# %% [markdown] lang="es"
# `create_stream` no devuelve nada: la llamada solo *pide* el stream. Veamos en qué estado está.

# %% [markdown] lang="en"
# `create_stream` returns nothing: the call only *asks for* the stream. Let us see what state it is in.


# %% tags=["builds"]
def stream_status():
    summary = kinesis.describe_stream_summary(StreamName=stream_name)
    return summary["StreamDescriptionSummary"]["StreamStatus"]


# %%
stream_status()

# %% [markdown] lang="es"
# Si acabas de crearlo, pone `CREATING`. Mientras dura, AWS no admite registros: el stream existe pero sus shards no. En
# AWS tarda entre unos segundos y un minuto; aquí, medio segundo.
#
# Esperamos a `ACTIVE`. Fíjate en el `await`: mientras espera, los botones y los gráficos de otros cuadernos siguen vivos.

# %% [markdown] lang="en"
# If you have just created it, it says `CREATING`. Meanwhile AWS takes no records: the stream exists, its shards do not. On
# AWS this lasts from seconds to a minute; here, half a second.
#
# We wait for `ACTIVE`. Notice the `await`: while it waits, buttons and charts stay alive.

# %% tags=["builds"] builds="stream"
await until(lambda: stream_status() == "ACTIVE", timeout=120, what=stream_name)

# %% [markdown] lang="es"
# ## Los shards y sus rangos
#
# Un stream es un conjunto de **shards**. Cada uno es dueño de un tramo de los números entre 0 y 2¹²⁸ − 1: el hash MD5 de
# la *partition key* cae en uno de los tramos, y el registro va a ese shard.

# %% [markdown] lang="en"
# ## The shards and their ranges
#
# A stream is a set of **shards**. Each owns a stretch of the numbers from 0 to 2¹²⁸ − 1: the MD5 hash of the *partition
# key* falls in one of the stretches, and the record goes to that shard.

# %%
shards = kinesis.list_shards(StreamName=stream_name)["Shards"]
for shard in shards:
    hash_range = shard["HashKeyRange"]
    share = (int(hash_range["EndingHashKey"]) - int(hash_range["StartingHashKey"])) / 2**128
    print(shard["ShardId"], hash_range["StartingHashKey"], "…", hash_range["EndingHashKey"], f"{share:.0%}")

# %% [markdown] lang="es"
# Dos shards, dos mitades, sin hueco entre ellas: donde acaba uno empieza el otro. Los identificadores son siempre
# `shardId-` y doce cifras, y nunca se reutilizan.
#
# ## On-demand, al lado
#
# Creamos un segundo stream en el otro modo, solo para comparar. No decimos cuántos shards: decide AWS.

# %% [markdown] lang="en"
# Two shards, two halves, no gap between them: where one ends the other begins. Their ids are always `shardId-` and twelve
# digits, and are never used again.
#
# ## On-demand, side by side
#
# We create a second stream in the other mode, just to compare. We do not say how many shards: AWS decides.

# %%
on_demand_name = f"{prefix}-on-demand"
try:
    kinesis.create_stream(
        StreamName=on_demand_name,
        StreamModeDetails={"StreamMode": "ON_DEMAND"},
        Tags=tags,
    )
except kinesis.exceptions.ResourceInUseException as error:
    print(error.response["Error"]["Message"])


def summary_of(name):
    return kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]


await until(lambda: summary_of(on_demand_name)["StreamStatus"] == "ACTIVE", timeout=120, what=on_demand_name)

# %%
for name in (stream_name, on_demand_name):
    summary = summary_of(name)
    print(name, summary["StreamModeDetails"]["StreamMode"], summary["OpenShardCount"], "shards")

# %% [markdown] lang="es"
# On-demand empieza con **4 shards** y AWS los divide cuando la carga crece. Se paga por hora de stream y por gigabyte;
# *provisioned* se paga por hora de shard. Nuestro stream basta para la clase, así que borramos el otro ahora mismo: un
# stream olvidado se sigue cobrando aunque nadie vote.

# %% [markdown] lang="en"
# On-demand starts with **4 shards**, and AWS splits them when the load grows. You pay by stream-hour and by gigabyte;
# *provisioned* is paid by shard-hour. Our stream is enough for a class, so we delete the other one right away: a forgotten
# stream is billed even if nobody votes.

# %%
kinesis.delete_stream(StreamName=on_demand_name)
print(on_demand_name, summary_of(on_demand_name)["StreamStatus"])

# %% [markdown] lang="es"
# ## Meter registros
#
# Un registro lleva **datos** (bytes: aquí, JSON) y una **partition key**. Kinesis contesta con el shard al que fue y con su
# **número de secuencia**. El tutorial usa siempre la misma clave; la lección 1 enseña por qué es mala idea. Aquí la clave
# es quien vota.

# %% [markdown] lang="en"
# ## Put records
#
# A record carries **data** (bytes: here, JSON) and a **partition key**. Kinesis answers with the shard it went to and with
# its **sequence number**. The tutorial always uses the same key; lesson 1 shows why that is a bad idea. Here the key is
# whoever votes.

# %%
started_at = time.time()
receipts = []
for voter, choice in [("ana", "VER"), ("hugo", "NOR"), ("ana", "LEC")]:
    receipt = kinesis.put_record(
        StreamName=stream_name,
        Data=json.dumps({"vote": choice, "voter": voter}),
        PartitionKey=voter,
    )
    receipts.append(receipt)
    print(f"{voter:5}{choice:5}{receipt['ShardId']}  {receipt['SequenceNumber']}")

# %% [markdown] lang="es"
# Los dos votos de Ana están en el mismo shard, porque la clave es la misma, y el segundo tiene un número de secuencia
# mayor: **dentro de un shard hay orden**. El de Hugo ha caído en el otro, y entre shards no lo hay.
#
# ## Sacar registros
#
# Kinesis no entrega nada por su cuenta: se lee. Primero se pide un [**iterador**](glossary.ipynb#cell-id=iterator), que es un marcapáginas en *un* shard;
# después `get_records` devuelve lo que hay desde ahí. Leer no borra: los registros siguen 24 horas en el stream.

# %% [markdown] lang="en"
# Ana's two votes are in the same shard, since the key is the same, and the second has a larger sequence number: **within a
# shard there is order**. Hugo's landed on the other, and between shards there is none.
#
# ## Take records out
#
# Kinesis delivers nothing by itself: you read. First you ask for an [**iterator**](glossary.ipynb#cell-id=iterator), a bookmark in *one* shard; then
# `get_records` returns what there is from there on. Reading deletes nothing: records stay in the stream for 24 hours.


# %%
def read(shard_id, iterator_type, **where):
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType=iterator_type, **where
    )["ShardIterator"]
    return kinesis.get_records(ShardIterator=iterator)["Records"]


def show(records):
    print([record["Data"].decode() for record in records])


# %% [markdown] lang="es"
# [`TRIM_HORIZON`](glossary.ipynb#cell-id=trim-horizon) empieza por el registro más antiguo que se conserva. Leemos el shard de Ana:

# %% [markdown] lang="en"
# [`TRIM_HORIZON`](glossary.ipynb#cell-id=trim-horizon) starts at the oldest record still kept. We read Ana's shard:

# %%
ana_shard = receipts[0]["ShardId"]
show(read(ana_shard, "TRIM_HORIZON"))

# %% [markdown] lang="es"
# Ahí están sus votos, en orden. (Salen más si has ejecutado la celda de los votos otra vez o si en otra lección se ha
# votado: un stream solo añade.)
#
# Ahora [`LATEST`](glossary.ipynb#cell-id=latest): desde *después* del último registro.

# %% [markdown] lang="en"
# There are her votes, in order. (There are more if you ran the cell with the votes again, or if another lesson voted: a
# stream only appends.)
#
# Now [`LATEST`](glossary.ipynb#cell-id=latest): from *after* the newest record.

# %%
show(read(ana_shard, "LATEST"))

# %% [markdown] lang="es"
# Nada. `LATEST` solo ve lo que llega a partir de ahora: es el motivo de que un consumidor recién conectado se pierda los
# primeros votos, como verás en la lección 5.
#
# Los otros tres tipos apuntan a un sitio concreto: *en* un número de secuencia, *después* de él, o en un momento.

# %% [markdown] lang="en"
# Nothing. `LATEST` only sees what arrives from now on: that is why a newly connected consumer misses the first votes, as
# you will see in lesson 5.
#
# The other three types point at a place: *at* a sequence number, *after* it, or at a moment in time.

# %%
first_vote = receipts[0]["SequenceNumber"]
show(read(ana_shard, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=first_vote))
show(read(ana_shard, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=first_vote))
show(read(ana_shard, "AT_TIMESTAMP", Timestamp=started_at))

# %% [markdown] lang="es"
# `AT_` incluye el registro señalado y `AFTER_` empieza en el siguiente. `AT_TIMESTAMP` sirve para volver a una hora: por
# ejemplo, a la de una avería.
#
# ## Lo que cabe en un shard
#
# | Por shard | Límite |
# |---|---|
# | Escribir | **1 000 registros/s** y **1 MB/s** |
# | Leer | **2 MB/s**, en 5 llamadas/s compartidas por todos los consumidores |
#
# Quien se pasa recibe `ProvisionedThroughputExceededException`; boto3 espera un poco y lo vuelve a intentar por su cuenta.
# Un voto ocupa unos 100 bytes, así que nos limita el número de registros y no su tamaño: con 2 shards caben 2 000 votos
# por segundo, si las claves se reparten bien.
#
# ## Lo que cuesta dejarlo encendido
#
# En AWS (us-east-1, septiembre de 2026; compruébalo en la página de precios) un shard cuesta 0,015 $ por hora, haya o no
# votos. **Kinesis no entra en la capa gratuita.**

# %% [markdown] lang="en"
# `AT_` includes the record pointed at and `AFTER_` starts at the next. `AT_TIMESTAMP` takes you back to a time: that of a
# breakdown, say.
#
# ## What fits in a shard
#
# | Per shard | Limit |
# |---|---|
# | Writing | **1,000 records/s** and **1 MB/s** |
# | Reading | **2 MB/s**, in 5 calls/s shared by all consumers |
#
# Whoever exceeds them gets `ProvisionedThroughputExceededException`; boto3 waits a little and tries again by itself.
# A vote takes about 100 bytes, so the number of records limits us, not their size: 2 shards take 2,000 votes a second, if
# the keys spread well.
#
# ## What it costs to leave it on
#
# On AWS (us-east-1, September 2026; check the pricing page) a shard costs $0.015 an hour, votes or no votes. **Kinesis is
# not in the free tier.**

# %%
open_shards = summary_of(stream_name)["OpenShardCount"]
hourly = open_shards * 0.015
print(t("lesson_02.cost", shards=open_shards, day=number(hourly * 24, 2), month=number(hourly * 730, 2)))

# %% [markdown] lang="es"
# ## Ejercicio 1 · ¿Cuántos shards?
#
# En la final votan 4 500 personas por segundo y cada voto ocupa 300 bytes. Completa la función para que diga cuántos
# shards hacen falta: el mayor de los que piden los dos límites de escritura, redondeado hacia arriba (`math.ceil`).
#
# <details><summary>Pista</summary>
#
# Por número: <code>votes_per_second / 1000</code>. Por tamaño: <code>votes_per_second * bytes_per_vote / 1024**2</code>.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 1 · How many shards?
#
# In the final 4,500 people vote every second and each vote takes 300 bytes. Complete the function so that it says how many
# shards are needed: the larger of what the two writing limits ask for, rounded up (`math.ceil`).
#
# <details><summary>Hint</summary>
#
# By number: <code>votes_per_second / 1000</code>. By size: <code>votes_per_second * bytes_per_vote / 1024**2</code>.
#
# </details>


# %% tags=["exercise"]
def shards_needed(votes_per_second, bytes_per_vote):
    # stub
    # return ...
    # solution
    by_number = votes_per_second / 1000
    by_size = votes_per_second * bytes_per_vote / 1024**2
    return math.ceil(max(by_number, by_size))
    # end


# %%
await lesson.check("shards_needed", shards_needed=shards_needed)

# %% [markdown] lang="es"
# ## Ejercicio 2 · Solo el último voto de Ana
#
# Con lo que ya sabes de iteradores, lee del stream **solo** el segundo voto de Ana (`receipts[2]`) y lo que venga detrás.
# Deja la lista de registros en `last_votes`.
#
# <details><summary>Pista</summary>
#
# La función <code>read</code> ya pide el iterador. ¿Desde qué número de secuencia, y con qué tipo?
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 2 · Only Ana's last vote
#
# With what you know about iterators, read from the stream **only** Ana's second vote (`receipts[2]`) and whatever comes
# after it. Leave the list of records in `last_votes`.
#
# <details><summary>Hint</summary>
#
# The function <code>read</code> already asks for the iterator. From which sequence number, and of which type?
#
# </details>

# %% tags=["exercise"]
# stub
# last_votes = ...
# solution
last_votes = read(ana_shard, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=receipts[2]["SequenceNumber"])
# end

# %%
await lesson.check("last_votes", last_votes=last_votes, sequence_number=receipts[2]["SequenceNumber"])

# %% [markdown] lang="es"
# ## Comprueba lo que sabes

# %% [markdown] lang="en"
# ## Check what you know

# %%
lesson.quiz()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - Crear un stream es asíncrono: `CREATING` → `ACTIVE`, y hasta entonces no admite registros.
# - Cada shard es dueño de un tramo de hashes; la *partition key* decide el shard. Dentro de un shard hay orden.
# - Leer es pedir un iterador y avanzar; no borra nada. `TRIM_HORIZON` empieza por lo más antiguo, `LATEST` por lo que
#   llegue.
# - Un shard: 1 000 registros/s y 1 MB/s de entrada, 2 MB/s de salida. Encendido se paga siempre.
#
# **Siguiente:** [3 · El productor](03_producer.ipynb), la función que mete los votos en el stream.

# %% [markdown] lang="en"
# ## Key points
#
# - Creating a stream is asynchronous: `CREATING` → `ACTIVE`, and until then it takes no records.
# - Each shard owns a stretch of hashes; the *partition key* decides the shard. Within a shard there is order.
# - To read is to ask for an iterator and move on; it deletes nothing. `TRIM_HORIZON` starts at the oldest, `LATEST` at
#   what is yet to come.
# - A shard: 1,000 records/s and 1 MB/s in, 2 MB/s out. While it is on, you pay.
#
# **Next:** [3 · The producer](03_producer.ipynb), the function that puts the votes into the stream.

# %%
lesson.finish()
